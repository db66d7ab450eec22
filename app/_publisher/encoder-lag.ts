/** Media this far behind the clock means that the recorder's encoder queues instead of keeping up. */
const lagMsMax = 1000;
/** for this long, so that a hiccup of the machine changes nothing */
const patienceMs = 3000;
/** the heights tried, one after the other */
const heights = [1080, 720, 480, 360, 240] as const;

/** Watches a recorder's lag and says when its picture must become smaller. */
export class EncoderLagWatch {
  #lateSinceMs: number | null = null;

  /** True once when the lag has lasted; it then begins anew. */
  isTooSlow(lagMs: number | null, nowMs: number): boolean {
    if (lagMs === null || lagMs < lagMsMax) {
      this.#lateSinceMs = null;
      return false;
    }
    this.#lateSinceMs ??= nowMs;
    if (nowMs - this.#lateSinceMs < patienceMs) {
      return false;
    }
    this.#lateSinceMs = null;
    return true;
  }
}

/** The next smaller shorter side to capture at, or null when the picture is as small as it gets. */
export function smallerPicture(shorterSide: number): number | null {
  return heights.find((height) => height < shorterSide) ?? null;
}
