import type { StampedChunk } from './chunk-stamper';

/**
 * Capture times for a container whose blocks are not read (MP4, where nothing else can be recorded). A chunk can arrive
 * late but never early, so the earliest arrival, by the recorder's own cadence, tells where the chunks lie.
 */
export class ArrivalStamper {
  readonly #startCalledAtMs: number;
  #endsAtMs: number;

  constructor(startCalledAtMs: number) {
    this.#startCalledAtMs = startCalledAtMs;
    this.#endsAtMs = startCalledAtMs;
  }

  push(bytes: Uint8Array, nowMs: number): StampedChunk | null {
    if (bytes.byteLength === 0) {
      return null;
    }
    const captureTimeMs = this.#endsAtMs;
    this.#endsAtMs = Math.max(this.#startCalledAtMs, nowMs);
    return { bytes, captureTimeMs };
  }

  end(): StampedChunk | null {
    return null;
  }

  /**
   * How long nothing has come. An encoder that cannot keep up hands over its fragments late, or none at all; one that can is
   * never silent for long, since a fragment ends with each keyframe.
   */
  lagMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#endsAtMs);
  }
}
