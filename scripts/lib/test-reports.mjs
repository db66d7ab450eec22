import { readFileSync } from 'node:fs';

/** @param {string} file of Vitest's json reporter @param {number} exitCode */
export function readVitestReport(file, exitCode) {
  const report = readJson(file);
  const tests = (report?.testResults ?? []).flatMap(({ assertionResults = [] }) => assertionResults);
  return judge(exitCode, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    // A test that passed has a message of failure from its first try alone.
    triedAgain: tests
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
      .map(({ fullName }) => fullName),
  });
}

/**
 * The runs of one part, taken together: each may have had nothing to run.
 *
 * @param {{ report: string, code: number }[]} runs the file of Playwright's json reporter, and the exit code
 */
export function readPlaywrightReports(runs) {
  const counts = { passed: 0, failed: 0, skipped: 0, triedAgain: [] };
  for (const { report } of runs) {
    const { stats, suites = [] } = readJson(report) ?? {};
    counts.passed += (stats?.expected ?? 0) + (stats?.flaky ?? 0);
    counts.failed += stats?.unexpected ?? 0;
    counts.skipped += stats?.skipped ?? 0;
    counts.triedAgain.push(...suites.flatMap(flakySpecs));
  }
  return judge(runs.find(({ code }) => code !== 0)?.code ?? 0, counts);
}

/** A suite holds its tests, and suites. */
function flakySpecs({ specs = [], suites = [] }) {
  const own = specs.filter(({ tests }) => tests.some(({ status }) => status === 'flaky')).map(({ title }) => title);
  return [...own, ...suites.flatMap(flakySpecs)];
}

/** A run without a test proves nothing, and a runner can fail beside its tests (an error between two of them). */
function judge(exitCode, counts) {
  if (counts.passed + counts.failed === 0) {
    return { ...counts, fault: `no test ran (exit code ${exitCode})` };
  }
  return exitCode === 0 || counts.failed > 0
    ? counts
    : { ...counts, fault: `the runner failed beside its tests (exit code ${exitCode})` };
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
