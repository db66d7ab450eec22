import type { SenderReport } from './rtcp-packet';

/** Media and a sender report further apart than this are of two different times, in milliseconds. */
const reportAgeMsMax = 60_000;

/** One track's timestamps as milliseconds since its first packet, and where the sender's clock says that is. */
export class TrackTime {
  #lastTimestamp: number | null = null;
  #lastTicks = 0;
  #senderZeroMs: number | null = null;

  constructor(private readonly clockRate: number) {}

  /** Milliseconds since the first timestamp, over the edge of 2^32 (RFC 3550, 5.1). */
  mediaMs(timestamp: number): number {
    this.#lastTimestamp ??= timestamp;
    this.#lastTicks += (timestamp - this.#lastTimestamp) | 0;
    this.#lastTimestamp = timestamp;
    return (this.#lastTicks / this.clockRate) * 1000;
  }

  report({ ntpMs, rtpTimestamp }: SenderReport): void {
    if (this.#lastTimestamp === null) {
      return;
    }
    const distanceTicks = (rtpTimestamp - this.#lastTimestamp) | 0;
    const mediaMs = ((this.#lastTicks + distanceTicks) / this.clockRate) * 1000;
    if (Math.abs((distanceTicks / this.clockRate) * 1000) < reportAgeMsMax) {
      this.#senderZeroMs = ntpMs - mediaMs;
    }
  }

  /** The sender's time of day at media time zero, unix milliseconds; null before its first report. */
  get senderZeroMs(): number | null {
    return this.#senderZeroMs;
  }
}
