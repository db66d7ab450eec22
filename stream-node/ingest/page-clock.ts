/** How fast two clocks may drift apart: 100 parts per million, more than quartz does. */
const driftPerMs = 0.0001;

export type ClockSample = {
  /** node clock minus page clock */
  offsetMs: number;
  roundTripMs: number;
  /** when it was measured, unix milliseconds */
  atMs: number;
};

type Sample = { offsetMs: number; errorMs: number; atMs: number };

/**
 * The offset between a publisher page's clock and ours. Of all samples the one with the least possible error counts: half
 * its round trip, plus what the clocks may have drifted since.
 */
export class PageClock {
  private best: Sample | null = null;

  sample(sample: ClockSample): void {
    const next = { offsetMs: sample.offsetMs, errorMs: sample.roundTripMs / 2, atMs: sample.atMs };
    if (this.best === null || next.errorMs <= this.errorAt(this.best, sample.atMs)) {
      this.best = next;
    }
  }

  /** Without any sample the arrival of a chunk must do: it is late by the recorder and the line, and any sample is better. */
  assumeFromArrival(offsetMs: number, atMs: number): void {
    this.best ??= { offsetMs, errorMs: Number.POSITIVE_INFINITY, atMs };
  }

  /** The sample that counts now; null while none was measured. */
  get bestSample(): ClockSample | null {
    const { best } = this;
    const isMeasured = best !== null && Number.isFinite(best.errorMs);
    return isMeasured ? { offsetMs: best.offsetMs, roundTripMs: best.errorMs * 2, atMs: best.atMs } : null;
  }

  offsetMs(): number | null {
    return this.best?.offsetMs ?? null;
  }

  private errorAt(sample: Sample, nowMs: number): number {
    return sample.errorMs + Math.max(0, nowMs - sample.atMs) * driftPerMs;
  }
}
