import type { Clock } from '../../clock';

/** How fast an encoder's clock may drift from ours: 100 parts per million, more than quartz does. */
const driftPerMs = 0.0001;
/** How far media may be ahead of the clock before it is nonsense: ffmpeg would fill the gap frame by frame. */
const aheadMsMax = 30_000;
/** Tracks are interleaved within less than this; what runs back further is another clock. */
const backMsMax = 5000;
/** The first moments decide between a late first frame and a good one: so long the event time is not fixed, in milliseconds. */
const settlingMs = 300;

/**
 * Puts an encoder's timestamps on the event clock. RTMP carries no time of day, so the arrival tells: a frame cannot have
 * arrived before it happened, and the frame that was least delayed comes nearest to the truth.
 */
export class EncoderClock {
  #lastRawMs: number | null = null;
  #lastMs = 0;
  #newestMs = 0;
  #firstArrivalMs: number | null = null;
  /** event time of container time zero by the best frame, and when that frame came */
  #best: { zeroMs: number; atMs: number } | null = null;

  constructor(private readonly clock: Clock) {}

  /**
   * The container time of a message: from zero at the first one, and over the edge of 2^32. A string says what is wrong with
   * it.
   */
  containerMs(timestampMs: number): number | string {
    if (this.#lastRawMs === null) {
      this.#lastRawMs = timestampMs;
      return 0;
    }
    // Signed 32-bit difference (RTMP 1.0, 3: serial number arithmetic).
    const timeMs = this.#lastMs + ((timestampMs - this.#lastRawMs) | 0);
    if (timeMs < this.#newestMs - backMsMax) {
      return 'the timestamps ran backwards';
    }
    const aheadMs = this.#best === null ? timeMs : this.#best.zeroMs + timeMs - this.clock.nowMs();
    if (aheadMs > aheadMsMax) {
      return 'the timestamps run ahead of the clock: send at the speed of life (ffmpeg: -re)';
    }
    this.#lastRawMs = timestampMs;
    this.#lastMs = timeMs;
    // A track that begins before the other one's first frame cannot lie before zero.
    return Math.max(0, timeMs);
  }

  /** A frame has come. @param presentationMs its container time of presentation */
  frame(presentationMs: number): void {
    const nowMs = this.clock.nowMs();
    this.#firstArrivalMs ??= nowMs;
    this.#newestMs = Math.max(this.#newestMs, presentationMs);
    const zeroMs = nowMs - presentationMs;
    const knownMs = this.#bestZeroMs(nowMs);
    if (knownMs === null || zeroMs <= knownMs) {
      this.#best = { zeroMs, atMs: nowMs };
    }
  }

  /** Event-clock time of container time zero, unix milliseconds; null before the first frame. */
  zeroMs(): number | null {
    return this.#bestZeroMs(this.clock.nowMs());
  }

  /** Enough frames have come that the best of them is good. */
  get isSettled(): boolean {
    return this.#firstArrivalMs !== null && this.clock.nowMs() - this.#firstArrivalMs >= settlingMs;
  }

  /** How far the newest frame is behind where the best one says it should be, in milliseconds. */
  lagMs(): number | null {
    const nowMs = this.clock.nowMs();
    const zeroMs = this.#bestZeroMs(nowMs);
    return zeroMs === null ? null : Math.max(0, nowMs - zeroMs - this.#newestMs);
  }

  /** An old frame's word is worth less by what the clocks may have drifted since. */
  #bestZeroMs(nowMs: number): number | null {
    return this.#best === null ? null : this.#best.zeroMs + Math.max(0, nowMs - this.#best.atMs) * driftPerMs;
  }
}
