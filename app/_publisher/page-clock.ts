/**
 * The page clock in unix milliseconds, with a fraction. It is set when the page loads and then runs evenly: unlike
 * `Date.now()` it never steps when the system's time is corrected, so the offset measured against the node stays true.
 */
export function pageNowMs(): number {
  return performance.timeOrigin + performance.now();
}
