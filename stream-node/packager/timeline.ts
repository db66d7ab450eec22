/** How fast the programme date time may be corrected: never visible, never heard, and an hour heals 3.6 s. */
const slewMsPerSecond = 1;
/** Older corrections are forgotten; nothing asks for media that long gone. */
const knotsMax = 256;

/** From `atSeconds` of media on, the offset runs from `offsetMs` towards `targetMs`. */
type Knot = { atSeconds: number; offsetMs: number; targetMs: number };

/**
 * The one place where media time becomes event-clock time (EXT-X-PROGRAM-DATE-TIME). One per session: the offset is fixed
 * from the event time of the first sample, and slews towards newer estimates by at most 1 ms per second of media. A media
 * time once asked for keeps its answer, so all renditions agree (RFC 8216bis 6.2.4).
 */
export class Timeline {
  /** what the encoder calls the recorder's time zero (ffmpeg's `-output_ts_offset`), in seconds of media time */
  readonly originSeconds: number;
  #knots: Knot[];
  #newestAskedSeconds: number;

  /** @param options.firstSampleEventTimeMs event-clock time of the recorder's time zero, unix milliseconds */
  constructor(options: { firstSampleEventTimeMs: number; outputTsOffsetSeconds: number }) {
    this.originSeconds = options.outputTsOffsetSeconds;
    this.#newestAskedSeconds = this.originSeconds;
    const offsetMs = options.firstSampleEventTimeMs;
    this.#knots = [{ atSeconds: this.originSeconds, offsetMs, targetMs: offsetMs }];
  }

  /** A newer estimate of the event-clock time of the recorder's time zero; only media not yet asked for is moved. */
  correct(firstSampleEventTimeMs: number): void {
    const last = this.#knots.at(-1);
    if (last === undefined || last.targetMs === firstSampleEventTimeMs) {
      return;
    }
    const atSeconds = Math.max(last.atSeconds, this.#newestAskedSeconds);
    const knot = { atSeconds, offsetMs: offsetAt(last, atSeconds), targetMs: firstSampleEventTimeMs };
    const kept = last.atSeconds === atSeconds ? this.#knots.slice(0, -1) : this.#knots;
    this.#knots = [...kept.slice(1 - knotsMax), knot];
  }

  /** Event-clock time of `mediaSeconds`, unix milliseconds. */
  eventTimeMs(mediaSeconds: number): number {
    this.#newestAskedSeconds = Math.max(this.#newestAskedSeconds, mediaSeconds);
    const knot = this.#knots.findLast((candidate) => candidate.atSeconds <= mediaSeconds) ?? this.#knots[0];
    const offsetMs = knot === undefined ? 0 : offsetAt(knot, mediaSeconds);
    return offsetMs + (mediaSeconds - this.originSeconds) * 1000;
  }
}

function offsetAt(knot: Knot, mediaSeconds: number): number {
  const reachMs = Math.max(0, mediaSeconds - knot.atSeconds) * slewMsPerSecond;
  const wantedMs = knot.targetMs - knot.offsetMs;
  return knot.offsetMs + Math.min(reachMs, Math.max(-reachMs, wantedMs));
}
