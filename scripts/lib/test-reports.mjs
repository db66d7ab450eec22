import { readFileSync } from 'node:fs';

/** @param {string} file of Vitest's json reporter @param {number} exitCode */
export function readVitestReport(file, exitCode) {
  const report = readJson(file);
  return judge(exitCode, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  });
}

/** @param {string} file of Playwright's json reporter @param {number} exitCode */
export function readPlaywrightReport(file, exitCode) {
  const stats = readJson(file)?.stats;
  return judge(exitCode, {
    // A test that passed only when tried again did not pass.
    passed: stats?.expected ?? 0,
    failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
    skipped: stats?.skipped ?? 0,
  });
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
