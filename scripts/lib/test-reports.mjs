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

/**
 * The runs of one part, taken together: each may have had nothing to run.
 *
 * @param {{ report: string, code: number }[]} runs the file of Playwright's json reporter, and the exit code
 */
export function readPlaywrightReports(runs) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { report } of runs) {
    const stats = readJson(report)?.stats;
    counts.passed += stats?.expected ?? 0;
    // A test that passed only when tried again did not pass.
    counts.failed += (stats?.unexpected ?? 0) + (stats?.flaky ?? 0);
    counts.skipped += stats?.skipped ?? 0;
  }
  return judge(runs.find(({ code }) => code !== 0)?.code ?? 0, counts);
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
