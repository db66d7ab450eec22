import { codecOf, type Rendition, type RenditionId } from '../contract/ladder';
import type { TakeIndex, TakeRendition, TakeSegment } from '../store/take-index';

/** What one take brings to a rendition's playlist. */
export type RecordedRun = { take: TakeIndex; source: TakeRendition; segments: readonly TakeSegment[] };

/**
 * The runs of a rendition in event-clock order, no stretch of time twice, and no time before the end of the one before.
 * A take without the rendition (its camera was smaller, say) lends its nearest one of the same kind, so that all
 * renditions of the recording tell the same time; but nothing that another take of its recorder session has itself: a node
 * that was killed while it stored the first segments left a take of some renditions, and the take that was remade from the
 * journal has the others from the beginning, in segments that are no copies of those it has not.
 */
export function recordedRuns(takes: readonly TakeIndex[], renditionId: RenditionId): RecordedRun[] {
  const wanted = takes.flatMap((take) => take.renditions.get(renditionId) ?? [])[0]?.rendition;
  if (wanted === undefined) {
    return [];
  }
  // By the time of this very rendition: a take that fills in what another one lacks of some renditions begins with those.
  const given = inEventClockOrder(takes)
    .flatMap((take) => givenBy(take, wanted, takes))
    .sort((a, b) => beginOf(a) - beginOf(b));
  let reachedMs = Number.NEGATIVE_INFINITY;
  return given.flatMap(({ take, source, segments: all }) => {
    const kept = all.slice(all.findIndex((segment) => !isListed(segment, reachedMs)));
    const [first] = kept;
    const last = kept.at(-1);
    if (first === undefined || last === undefined || isListed(last, reachedMs)) {
      return [];
    }
    const lateMs = reachedMs - first.programDateTimeMs;
    const segments = lateMs > 0 ? movedBy(lateMs, kept) : kept;
    reachedMs = endOf(segments.at(-1) ?? last);
    return [{ take, source, segments }];
  });
}

/** All that a take has of a rendition, or lends of it. */
function givenBy(take: TakeIndex, wanted: Rendition, takes: readonly TakeIndex[]): RecordedRun[] {
  const source = nearestRendition(take, wanted);
  if (source === undefined) {
    return [];
  }
  const own = take.segments.filter(({ renditionId }) => renditionId === source.rendition.id);
  return [{ take, source, segments: source.rendition.id === wanted.id ? own : lentOf(own, take, takes, wanted.id) }];
}

function beginOf({ take, segments: [first] }: RecordedRun): number {
  return first?.programDateTimeMs ?? take.header.startedAtMs;
}

/** How fast a take that is told late comes back to its own times: as fast as a live one is slewed, which nobody sees or hears. */
const slewMsPerSecond = 1;

/**
 * Where two recorders overlap, sound and picture are there twice for a moment (150 ms, as the publisher's page does it), and both
 * are kept. The later take is then told as beginning where the earlier one ends: each player takes the times of a run from its
 * dates, and must not be led back. What it is late by wears off as it goes on.
 */
function movedBy(ms: number, segments: readonly TakeSegment[]): readonly TakeSegment[] {
  let lateMs = ms;
  return segments.map((segment) => {
    const programDateTimeMs = segment.programDateTimeMs + lateMs;
    lateMs = Math.max(0, lateMs - segment.durationSeconds * slewMsPerSecond);
    return { ...segment, programDateTimeMs };
  });
}

function endOf({ programDateTimeMs, durationSeconds }: TakeSegment): number {
  return programDateTimeMs + durationSeconds * 1000;
}

/** More than half of it lies before what is listed already, as where a stretch was recorded twice. */
function isListed({ programDateTimeMs, durationSeconds }: TakeSegment, reachedMs: number): boolean {
  return programDateTimeMs + durationSeconds * 500 < reachedMs;
}

/** What a take without the rendition lends: what no other take of its recorder session has of that time. */
function lentOf(
  own: readonly TakeSegment[],
  { header: { recorderSession } }: TakeIndex,
  takes: readonly TakeIndex[],
  renditionId: RenditionId,
): readonly TakeSegment[] {
  const spans = takes
    .filter(({ header, renditions }) => header.recorderSession === recorderSession && renditions.has(renditionId))
    .flatMap(({ segments }) => {
      const held = segments.filter((segment) => segment.renditionId === renditionId);
      const [first, last] = [held[0], held.at(-1)];
      return first && last ? [{ fromMs: first.programDateTimeMs, untilMs: endOf(last) }] : [];
    });
  const isHeld = ({ programDateTimeMs, durationSeconds }: TakeSegment) => {
    const middleMs = programDateTimeMs + durationSeconds * 500;
    return spans.some(({ fromMs, untilMs }) => middleMs >= fromMs && middleMs < untilMs);
  };
  return own.filter((segment) => !isHeld(segment));
}

function nearestRendition(take: TakeIndex, wanted: Rendition): TakeRendition | undefined {
  const exact = take.renditions.get(wanted.id);
  if (exact) {
    return exact;
  }
  const distance = ({ rendition }: TakeRendition) => Math.abs(rendition.bitrate - wanted.bitrate);
  const isOther = ({ rendition }: TakeRendition) => Number(codecOf(rendition) !== codecOf(wanted));
  return [...take.renditions.values()]
    .filter(({ rendition }) => rendition.kind === wanted.kind)
    .sort((a, b) => isOther(a) - isOther(b) || distance(a) - distance(b))[0];
}

/** The takes of a recording in the order in which they happened. */
export function inEventClockOrder<Take extends TakeIndex>(takes: readonly Take[]): Take[] {
  return [...takes].sort(
    (a, b) => a.header.startedAtMs - b.header.startedAtMs || a.header.takeId.localeCompare(b.header.takeId),
  );
}
