import type { RenditionId } from '../contract/ladder';
import type { PublishedSpan } from '../packager/stream-packager';
import { Timeline } from '../packager/timeline';
import type { PublishedMedia } from '../store/published-media';
import { plannedRenditions, type TranscodePlan } from '../transcode/transcode-plan';
import { beginAfterShown } from './begin-after-shown';
import { outputOffsetSeconds, primingSecondsMax, type StreamMediaTime } from './media-time';

/** What decides where a session lies. */
export type SessionSurroundings = {
  mediaTime: StreamMediaTime;
  /** what an earlier process published of its source: it is not published again */
  publishedBefore?: PublishedMedia | undefined;
  /** all before this time of the source is left out, in seconds; from the source's beginning without a word */
  fromSeconds?: number | undefined;
  /** what viewers were shown of the session before: its stretch of the event clock is not shown again */
  shownBefore?: PublishedSpan | undefined;
};

/** Where a session lies: on the event clock and in media time. */
export type SessionPlace = {
  readonly plan: TranscodePlan;
  readonly timeline: Timeline;
  /** media time at which each rendition begins, in seconds; empty: with the source */
  readonly begins: ReadonlyMap<RenditionId, number>;
};

/**
 * Lays a session behind what there was of its stream.
 *
 * @param sourceZeroMs event-clock time of the source's time zero, unix milliseconds
 */
export function placeSession(
  plan: TranscodePlan,
  sourceZeroMs: number,
  { mediaTime, publishedBefore, fromSeconds, shownBefore }: SessionSurroundings,
): SessionPlace {
  const zeroMs = sourceZeroMs - plan.gridShiftSeconds * 1000;
  if (publishedBefore !== undefined) {
    const { originSeconds, ends, anchor } = publishedBefore;
    const knownZeroMs = anchor.eventTimeMs + (originSeconds - anchor.mediaSeconds) * 1000;
    return placed(plan, knownZeroMs, originSeconds, ends);
  }
  const ids = plannedRenditions(plan).map(({ id }) => id);
  const begins =
    fromSeconds === undefined
      ? shownBefore && beginAfterShown(plan, zeroMs, shownBefore)
      : new Map(ids.map((id) => [id, fromSeconds]));
  const whole = new Map(ids.map((id) => [id, -primingSecondsMax]));
  const isCut = begins !== undefined && begins.size > 0;
  const originSeconds = outputOffsetSeconds(zeroMs, isCut ? begins : whole, mediaTime);
  const inMediaTime = [...(begins ?? [])].map(([id, seconds]) => [id, originSeconds + seconds] as const);
  return placed(plan, zeroMs, originSeconds, new Map(inMediaTime));
}

function placed(
  plan: TranscodePlan,
  zeroMs: number,
  originSeconds: number,
  begins: ReadonlyMap<RenditionId, number>,
): SessionPlace {
  return {
    plan: { ...plan, outputOffsetSeconds: originSeconds },
    timeline: new Timeline({ firstSampleEventTimeMs: zeroMs, outputTsOffsetSeconds: originSeconds }),
    begins,
  };
}
