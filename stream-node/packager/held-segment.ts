import type { Part, Segment, StoredSegment } from './media-types';

/** A segment in a live window, with what the window must know beside what it shows. */
export type HeldSegment = {
  /** with all its parts, listed or not */
  segment: Segment;
  /** the same without its parts, once they are too old to be listed */
  readonly withoutParts?: Segment;
  /** where it lies on disk too; without bytes it lies only there */
  readonly stored?: StoredSegment;
  /** the whole segment, one after the other; undefined while it is open, for a gap, and once only the disk has it */
  readonly pieces?: readonly Buffer[];
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

/** Below this size Node gives out slices of a pool, and a slice that is kept keeps all of it. */
const pooledBelowBytes = Buffer.poolSize >>> 1;

/**
 * The closed form. Nothing is kept twice, and what is large is not copied: a copy's original stays in memory until the garbage is
 * collected. Small parts are brought together in one buffer, and are views of it.
 */
export function closed(held: HeldSegment): HeldSegment {
  const isSmall = held.segment.parts.some(({ bytes }) => bytes.byteLength < pooledBelowBytes);
  const pieces = held.segment.parts.map(({ bytes }) => bytes);
  const whole = isSmall ? Buffer.concat(pieces) : undefined;
  const parts = whole === undefined ? held.segment.parts : viewsOf(whole, held.segment.parts);
  const segment: Segment = { ...held.segment, parts, closed: true };
  const withoutParts = { ...segment, parts: [] };
  return { ...held, segment, withoutParts, pieces: whole === undefined ? pieces : [whole] };
}

function viewsOf(whole: Buffer, parts: readonly Part[]): Part[] {
  let at = 0;
  return parts.map((part) => {
    const start = at;
    at += part.bytes.byteLength;
    return { ...part, bytes: whole.subarray(start, at) };
  });
}

/** The form whose bytes only the disk has. */
export function onDisk(
  { discontinuityNumber, segment, withoutParts }: HeldSegment,
  stored: StoredSegment,
): HeldSegment {
  const shown = withoutParts ?? { ...segment, parts: [] };
  return { segment: shown, withoutParts: shown, stored, byteCount: 0, discontinuityNumber };
}
