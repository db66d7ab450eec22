import type { Part, Segment, StoredSegment } from './media-types';

/** A segment in a live window, with what the window must know beside what it shows. */
export type HeldSegment = {
  /** with all its parts, listed or not */
  segment: Segment;
  /** the same without its parts, once they are too old to be listed */
  readonly withoutParts?: Segment;
  /** where it lies on disk too; without bytes it lies only there */
  readonly stored?: StoredSegment;
  /** the whole segment; undefined while it is open, for a gap, and once only the disk has it */
  readonly bytes?: Buffer;
  /** how much of it is in memory */
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

/** The form whose bytes only the disk has. */
export function onDisk(
  { discontinuityNumber, segment, withoutParts }: HeldSegment,
  stored: StoredSegment,
): HeldSegment {
  const shown = withoutParts ?? { ...segment, parts: [] };
  return { segment: shown, withoutParts: shown, stored, byteCount: 0, discontinuityNumber };
}
