import type { Part, Segment } from './media-types';

/** A segment in a live window, with what the window must know beside what it shows. */
export type HeldSegment = {
  /** with all its parts, listed or not */
  segment: Segment;
  /** the same without its parts, once they are too old to be listed */
  readonly withoutParts?: Segment;
  /** the whole segment; undefined while it is open, and for a gap */
  readonly bytes?: Buffer;
  readonly byteCount: number;
  /** how many EXT-X-DISCONTINUITY tags the stream has had, this segment's own included */
  readonly discontinuityNumber: number;
};

export function withPart(held: HeldSegment, part: Part): HeldSegment {
  const parts = [...held.segment.parts, part];
  const durationSeconds = held.segment.durationSeconds + part.durationSeconds;
  const ticks = { start: held.segment.ticks?.start ?? part.ticks.start, end: part.ticks.end };
  return {
    ...held,
    segment: { ...held.segment, parts, durationSeconds, ticks },
    byteCount: held.byteCount + part.bytes.byteLength,
  };
}

/** The closed form: one buffer holds the segment, and the parts are views of it, so nothing is kept twice. */
export function closed(held: HeldSegment): HeldSegment {
  const bytes = Buffer.concat(held.segment.parts.map((part) => part.bytes));
  let at = 0;
  const parts = held.segment.parts.map((part) => {
    const start = at;
    at += part.bytes.byteLength;
    return { ...part, bytes: bytes.subarray(start, at) };
  });
  const segment: Segment = { ...held.segment, parts, closed: true };
  return { ...held, segment, withoutParts: { ...segment, parts: [] }, bytes };
}
