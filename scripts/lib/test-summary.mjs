/**
 * @typedef {object} PartResult
 * @property {string} name
 * @property {number} passed tests
 * @property {number} failed tests
 * @property {number} skipped tests
 * @property {string[]} [triedAgain] tests among the passed that needed a second try
 * @property {number} seconds
 * @property {string} [fault] why the part as a whole failed
 */

/**
 * Prints the table of all parts, the tests to be looked at, and, last, `N passed, N failed`. A part that failed without a failed test counts as one.
 *
 * @param {PartResult[]} results
 * @param {(text: string) => void} [print]
 * @returns {boolean} whether everything passed
 */
export function printSummary(results, print = (text) => process.stdout.write(`${text}\n`)) {
  print('\npart      result   passed  failed  skipped  seconds');
  for (const { name, passed, failed, skipped, seconds, fault } of results) {
    const result = failed > 0 || fault ? 'FAILED' : 'passed';
    const counts = [passed, failed, skipped].map((count, index) => String(count).padStart([8, 8, 9][index])).join('');
    print(`${name.padEnd(10)}${result.padEnd(7)}${counts}${seconds.toFixed(1).padStart(9)}`);
    if (fault) {
      print(`          ${fault.split('\n')[0]}`);
    }
  }
  for (const { name, triedAgain = [] } of results) {
    for (const test of triedAgain) {
      print(`${name}: passed only when tried again: ${test}`);
    }
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + (result.failed || (result.fault ? 1 : 0)), 0);
  print(`${passed} passed, ${failed} failed`);
  return failed === 0 && results.length > 0;
}
