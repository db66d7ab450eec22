/** Kilobits per second over the last few seconds, from a running total of bytes read now and then. */
export class IngressMeter {
  #samples: { atMs: number; totalBytes: number }[] = [];

  constructor(private readonly windowMs = 3000) {}

  /** Notes the total so far and answers the rate over the window. */
  kbps(totalBytes: number, nowMs: number): number {
    this.#samples.push({ atMs: nowMs, totalBytes });
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? nowMs) <= nowMs - this.windowMs) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    if (first === undefined || nowMs <= first.atMs) {
      return 0;
    }
    return Math.max(0, ((totalBytes - first.totalBytes) * 8) / (nowMs - first.atMs));
  }
}
