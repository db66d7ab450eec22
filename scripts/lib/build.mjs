import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { inCheckout } from './checkout.mjs';
import { LaunchFault } from './launch-fault.mjs';
import { processMark } from './process-mark.mjs';
import { runProgram, tail } from './run-program.mjs';
import { sourcesFingerprint } from './sources.mjs';

/** What runs outside Next: each is bundled to `dist/<same path>.mjs`. */
const productEntries = ['server/main.ts', 'stream-node/main.ts', 'db/embedded.ts', 'scripts/lib/prepare-database.ts'];

const stampFile = inCheckout('dist', 'build-stamp');
const lockFile = inCheckout('dist', 'build-lock');

/**
 * Builds when the sources are not those of the last build. Two commands at once do not build at once.
 *
 * @param {(what: string) => void} say
 * @param {{ pages: boolean }} [what] pages false: only the bundles, for development, where Next builds each page as it is asked
 */
export async function ensureBuild(say, { pages } = { pages: true }) {
  mkdirSync(inCheckout('dist'), { recursive: true });
  const isBuilt = () => readStamp() === sourcesFingerprint() && existsSync(inCheckout('.next', 'BUILD_ID'));
  if (isBuilt()) {
    return;
  }
  await takeLock(say);
  try {
    if (isBuilt()) {
      return;
    }
    rmSync(stampFile, { force: true });
    const fingerprint = sourcesFingerprint();
    await bundle(productEntries, 'dist');
    if (pages) {
      say('building the pages');
      await buildPages();
      writeFileSync(stampFile, fingerprint);
    }
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/**
 * Bundles TypeScript so that plain Node runs it; packages stay outside.
 *
 * @param {string[]} entries paths in the checkout; each goes to `<outdir>/<same path>.mjs`
 * @param {string} outdir
 */
export async function bundle(entries, outdir) {
  const missing = entries.find((entry) => !existsSync(inCheckout(entry)));
  if (missing) {
    throw new LaunchFault(`${missing} is missing: restore it from git.`);
  }
  const { build } = await import('esbuild');
  try {
    await build({
      absWorkingDir: inCheckout(),
      entryPoints: entries,
      outbase: '.',
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      sourcemap: 'linked',
      logLevel: 'silent',
    });
  } catch (error) {
    throw new LaunchFault(`The server does not build:\n${tail(error.message)}`);
  }
}

async function buildPages() {
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const { code, output } = await runProgram('nice', ['-n', '10', inCheckout('node_modules/.bin/next'), 'build'], {
    env,
  });
  if (code !== 0) {
    throw new LaunchFault(`The pages do not build ("next build" says why):\n${tail(output, 30)}`);
  }
}

function readStamp() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}

async function takeLock(say) {
  const mine = `${process.pid} ${processMark(process.pid)}`;
  for (let told = false; ; ) {
    try {
      writeFileSync(lockFile, mine, { flag: 'wx' });
      return;
    } catch {
      const [pid, mark] = readLock();
      if (processMark(Number(pid)) !== mark) {
        rmSync(lockFile, { force: true });
      } else if (!told) {
        say(`waiting for the build of process ${pid}`);
        told = true;
      }
      await wait(200);
    }
  }
}

function readLock() {
  try {
    return readFileSync(lockFile, 'utf8').split(' ');
  } catch {
    return ['0', ''];
  }
}
