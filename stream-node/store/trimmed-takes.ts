import type { TrimRange } from '../contract/jobs';
import type { RenditionId } from '../contract/ladder';
import type { TakeIndex, TakeSegment } from './take-index';

/** A take of which only a stretch is shown; `firstPlaces`: how many segments of a rendition lie before it. */
export type TrimmedTake = TakeIndex & { readonly firstPlaces?: ReadonlyMap<RenditionId, number> };

export const untrimmed: TrimRange = { startMs: null, endMs: null };

export function isTrimmed({ startMs, endMs }: TrimRange): boolean {
  return startMs !== null || endMs !== null;
}

/**
 * The takes within a stretch of the event clock. Its ends are moved to the nearest boundaries of segments of the picture, or of
 * the sound where there is none, so that nothing is encoded again; every rendition is then cut at the same two moments.
 */
export function trimmedTakes(takes: readonly TakeIndex[], trim: TrimRange): readonly TrimmedTake[] {
  if (!isTrimmed(trim)) {
    return takes;
  }
  const boundaries = boundariesMs(takes);
  const startMs = trim.startMs === null ? Number.NEGATIVE_INFINITY : nearest(boundaries, trim.startMs);
  const endMs = trim.endMs === null ? Number.POSITIVE_INFINITY : nearest(boundaries, trim.endMs);
  const isShown = ({ programDateTimeMs, durationSeconds }: TakeSegment) => {
    const middleMs = programDateTimeMs + durationSeconds * 500;
    return middleMs >= startMs && middleMs < endMs;
  };
  return takes.flatMap((take) => {
    const segments = take.segments.filter(isShown);
    return segments.length === 0 ? [] : [{ ...take, segments, firstPlaces: firstPlaces(take, isShown) }];
  });
}

function firstPlaces(take: TakeIndex, isShown: (segment: TakeSegment) => boolean): Map<RenditionId, number> {
  const places = new Map<RenditionId, number>();
  const found = new Set<RenditionId>();
  for (const segment of take.segments) {
    const { renditionId } = segment;
    if (isShown(segment)) {
      found.add(renditionId);
    } else if (!found.has(renditionId)) {
      places.set(renditionId, (places.get(renditionId) ?? 0) + 1);
    }
  }
  return places;
}

/** Where segments of the reference rendition of each take begin and end, on the event clock, rising. */
function boundariesMs(takes: readonly TakeIndex[]): number[] {
  const all = takes.flatMap((take) => {
    const kinds = [...take.renditions.values()].map(({ rendition }) => rendition);
    const reference = kinds.find(({ kind }) => kind === 'video') ?? kinds[0];
    return take.segments
      .filter(({ renditionId }) => renditionId === reference?.id)
      .flatMap((segment) => [segment.programDateTimeMs, segment.programDateTimeMs + segment.durationSeconds * 1000]);
  });
  return all.sort((a, b) => a - b);
}

function nearest(risingMs: readonly number[], wantedMs: number): number {
  let best = wantedMs;
  let distance = Number.POSITIVE_INFINITY;
  for (const each of risingMs) {
    if (Math.abs(each - wantedMs) < distance) {
      distance = Math.abs(each - wantedMs);
      best = each;
    }
  }
  return best;
}
