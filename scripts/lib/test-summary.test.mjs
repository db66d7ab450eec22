import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPlaywrightReports, readVitestReport } from './test-reports.mjs';
import { printSummary } from './test-summary.mjs';

const part = (values) => ({ name: 'unit', passed: 0, failed: 0, skipped: 0, seconds: 1, ...values });

function summary(results) {
  const lines = [];
  const passed = printSummary(results, (text) => lines.push(text));
  return { passed, last: lines.at(-1) };
}

let report;
beforeEach(() => {
  report = join(mkdtempSync(join(tmpdir(), 'zyzz-report-')), 'report.json');
});
afterEach(() => rmSync(report, { force: true }));

const vitest = (counts, exitCode) => {
  writeFileSync(report, JSON.stringify(counts));
  return readVitestReport(report, exitCode);
};

test('all passed is a success', () => {
  expect(summary([part({ passed: 3 }), part({ name: 'lint' })])).toEqual({ passed: true, last: '3 passed, 0 failed' });
});

test('a failed test and a failed part are failures, and are counted', () => {
  expect(summary([part({ passed: 3, failed: 2 }), part({ fault: 'type errors' })])).toEqual({
    passed: false,
    last: '3 passed, 3 failed',
  });
  expect(summary([]).passed).toBe(false);
});

test('a run without a test, without a report, or with an error beside its tests is a failure', () => {
  expect(readVitestReport(report, 0).fault).toMatch(/^no test ran/);
  expect(vitest({ numPassedTests: 0, numFailedTests: 0 }, 0).fault).toMatch(/^no test ran/);
  expect(vitest({ numPassedTests: 5, numFailedTests: 0 }, 1).fault).toMatch(/^the runner failed/);
  expect(vitest({ numPassedTests: 5, numFailedTests: 0 }, 0)).toMatchObject({ passed: 5, failed: 0, skipped: 0 });
});

test('a test that passed only when tried again is named', () => {
  const tests = [
    { status: 'passed', fullName: 'steady', failureMessages: [] },
    { status: 'passed', fullName: 'shaky', failureMessages: ['late'] },
    { status: 'failed', fullName: 'broken', failureMessages: ['wrong', 'wrong'] },
  ];
  const unit = vitest({ numPassedTests: 2, numFailedTests: 1, testResults: [{ assertionResults: tests }] }, 1);
  expect(unit).toEqual({ passed: 2, failed: 1, skipped: 0, triedAgain: ['shaky'] });

  const spec = (title, status) => ({ title, tests: [{ status }] });
  const suites = [{ specs: [spec('calm', 'expected')], suites: [{ specs: [spec('nervous', 'flaky')] }] }];
  writeFileSync(report, JSON.stringify({ stats: { expected: 4, unexpected: 0, flaky: 1, skipped: 0 }, suites }));
  const browser = readPlaywrightReports([{ report, code: 0 }]);
  expect(browser).toEqual({ passed: 5, failed: 0, skipped: 0, triedAgain: ['nervous'] });
  const lines = [];
  printSummary([part({ ...browser, name: 'e2e' })], (text) => lines.push(text));
  expect(lines.slice(-2)).toEqual(['e2e: passed only when tried again: nervous', '5 passed, 0 failed']);
});

test('the browser tests are one part, whichever of its runs failed', () => {
  writeFileSync(report, JSON.stringify({ stats: { expected: 4, unexpected: 0, flaky: 0, skipped: 0 } }));
  const good = { report, code: 0 };
  expect(readPlaywrightReports([good, good])).toMatchObject({ passed: 8, failed: 0, skipped: 0 });
  const crashed = { report: `${report}.missing`, code: 1 };
  expect(readPlaywrightReports([good, crashed]).fault).toMatch(/^the runner failed/);
});
