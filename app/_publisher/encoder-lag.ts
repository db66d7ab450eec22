/** Media this far behind the clock means that the recorder's encoder queues instead of keeping up. */
const lagMsMax = 1000;
/**
 * For this long, so that a hiccup of the machine changes nothing; each time twice as long, so that a machine that is too
 * slow for any picture does not begin anew for ever.
 */
const firstPatienceMs = 3000;
const longestPatienceMs = 60_000;
/** the heights tried, one after the other */
const heights = [1080, 720, 480, 360, 240] as const;

/** Watches a recorder's lag and says when its picture must become smaller. */
export class EncoderLagWatch {
  #lateSinceMs: number | null = null;
  #patienceMs = firstPatienceMs;

  /** True once when the lag has lasted; it then begins anew. */
  isTooSlow(lagMs: number | null, nowMs: number): boolean {
    if (lagMs === null || lagMs < lagMsMax) {
      this.#lateSinceMs = null;
      return false;
    }
    this.#lateSinceMs ??= nowMs;
    if (nowMs - this.#lateSinceMs < this.#patienceMs) {
      return false;
    }
    this.#lateSinceMs = null;
    this.#patienceMs = Math.min(longestPatienceMs, this.#patienceMs * 2);
    return true;
  }
}

/** The next smaller shorter side to capture at, or null when the picture is as small as it gets. */
export function smallerPicture(shorterSide: number): number | null {
  return heights.find((height) => height < shorterSide) ?? null;
}
