import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, ensureBuild } from './build.mjs';
import { inCheckout } from './checkout.mjs';
import { runProgram } from './run-program.mjs';
import { readPlaywrightReports, readVitestReport } from './test-reports.mjs';

const installed = (program) => inCheckout('node_modules', '.bin', program);
const reportsFolder = inCheckout('test-results');

/** @param {string} program @param {string[]} args @param {Record<string, string>} [extra] environment */
async function shown(program, args, extra = {}) {
  const { code } = await runProgram(installed(program), args, { show: true, env: { ...process.env, ...extra } });
  return code;
}

/**
 * Real encoders, browsers and clocks fail now and then on a machine whose host takes half of its time away. What needs a
 * second try is named at the end, and is to be looked at.
 */
const secondTries = 1;

/** Those of Playwright's configuration, one after the other, and how many tests of each run at the same time. */
const browserProjects = Object.entries({ pages: 2, media: 1 });

/** A step that is no test run: it passed when its program said so. */
const byExitCode = (code, what) => (code === 0 ? {} : { fault: `${what} (exit code ${code})` });

/**
 * The parts of `npm test`, in their order. Each gets the arguments that are passed on to its runner and the results so far.
 *
 * @type {Record<string, (args: string[], before: import('./test-summary.mjs').PartResult[]) =>
 *   Promise<Partial<import('./test-summary.mjs').PartResult>>>}
 */
export const testParts = {
  lint: async (args) => byExitCode(await shown('biome', ['ci', ...args]), 'format or lint faults'),

  types: async () => {
    // The types of the routes are made by Next; without them a wrong link would go unseen.
    const code = await shown('next', ['typegen'], { NEXT_TELEMETRY_DISABLED: '1' });
    // What an earlier run remembers is not trusted: it has hidden an error once.
    return byExitCode(code || (await shown('tsc', ['--noEmit', '--incremental', 'false'])), 'type errors');
  },

  unit: async (args) => {
    const report = join(reportsFolder, 'vitest.json');
    rmSync(report, { force: true });
    await bundle(['db/embedded.ts'], 'dist/test');
    const { startEmbeddedPostgres } = await import(
      pathToFileURL(inCheckout('dist', 'test', 'db', 'embedded.mjs')).href
    );
    const dataDir = mkdtempSync(join(tmpdir(), 'zyzz-test-db-'));
    const database = await startEmbeddedPostgres({ dataDir, durable: false });
    try {
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const code = await shown('vitest', ['run', ...reporters, `--retry=${secondTries}`, ...args], {
        TEST_DATABASE_URL: database.url,
      });
      return readVitestReport(report, code);
    } finally {
      await database.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },

  build: async () => {
    await ensureBuild((what) => process.stdout.write(`${what}\n`));
    return {};
  },

  e2e: async (args, before) => {
    if (before.some(({ name, fault }) => name === 'build' && fault)) {
      return { fault: 'not run, because the build failed' };
    }
    await ensureBuild((what) => process.stdout.write(`${what}\n`));
    const config = ['-c', inCheckout('e2e', 'playwright.config.ts'), '--reporter=list,json'];
    const runs = [];
    for (const [project, workers] of browserProjects) {
      const report = join(reportsFolder, `playwright-${project}.json`);
      rmSync(report, { force: true });
      const how = [
        ...[`--project=${project}`, `--workers=${workers}`, `--retries=${secondTries}`],
        ...(args.length > 0 ? ['--pass-with-no-tests'] : []),
      ];
      const code = await shown('playwright', ['test', ...config, ...how, ...args], {
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      });
      runs.push({ report, code });
    }
    return readPlaywrightReports(runs);
  },
};
