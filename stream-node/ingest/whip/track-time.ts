import type { SenderReport } from './rtcp-packet';

/** Media and a sender report further apart than this are of two different times, in milliseconds. */
const reportAgeMsMax = 60_000;

/** How fast two clocks of a sender may drift apart: 100 parts per million, more than quartz does. */
const driftPerMs = 0.0001;

/** One track's timestamps as milliseconds since its first packet, and where the sender's clock says that is. */
export class TrackTime {
  #lastTimestamp: number | null = null;
  #lastTicks = 0;
  /** by the report that was least late, and the sender's time of it */
  #best: { zeroMs: number; ntpMs: number } | null = null;

  constructor(private readonly clockRate: number) {}

  /** Milliseconds since the first timestamp, over the edge of 2^32 (RFC 3550, 5.1). */
  mediaMs(timestamp: number): number {
    this.#lastTimestamp ??= timestamp;
    this.#lastTicks += (timestamp - this.#lastTimestamp) | 0;
    this.#lastTimestamp = timestamp;
    return (this.#lastTicks / this.clockRate) * 1000;
  }

  /**
   * Takes in what the sender says. Its report counts from when it took up the last frame, and a busy sender takes frames up
   * late: so the earliest of what its reports say comes nearest to the truth.
   */
  report({ ntpMs, rtpTimestamp }: SenderReport): void {
    if (this.#lastTimestamp === null) {
      return;
    }
    const distanceTicks = (rtpTimestamp - this.#lastTimestamp) | 0;
    const mediaMs = ((this.#lastTicks + distanceTicks) / this.clockRate) * 1000;
    if (Math.abs((distanceTicks / this.clockRate) * 1000) >= reportAgeMsMax) {
      return;
    }
    const zeroMs = ntpMs - mediaMs;
    const best = this.#best;
    const knownMs = best === null ? zeroMs : best.zeroMs + Math.max(0, ntpMs - best.ntpMs) * driftPerMs;
    this.#best = { zeroMs: Math.min(zeroMs, knownMs), ntpMs };
  }

  /** The sender's time of day at media time zero, unix milliseconds; null before its first report. */
  get senderZeroMs(): number | null {
    return this.#best?.zeroMs ?? null;
  }
}
