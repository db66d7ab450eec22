import type { RenditionId } from '../contract/ladder';
import type { PublishedSpan } from '../packager/stream-packager';
import { framesPerSecond } from '../transcode/frame-rate';
import { plannedRenditions, type TranscodePlan } from '../transcode/transcode-plan';

/** Slots of the frame rate are told apart however their times were rounded. */
const toleranceFrames = 0.01;

/**
 * Where each rendition of a session begins that overlaps the one before it, in seconds after its own time zero: as when the next recorder
 * was started before the last one was stopped, or the rest of the old session came in after the new one began. Each
 * begins where its rendition ends, so that the programme date time never steps back, and nothing is missing: the take of the
 * session before has the whole stretch.
 *
 * @param zeroMs event-clock time of the session's time zero, unix milliseconds
 * @returns nothing for a session that does not overlap, and for one that begins before all of `shown`, for what lies
 * before that is in no other take
 */
export function beginAfterShown(
  plan: TranscodePlan,
  zeroMs: number,
  shown: PublishedSpan,
): ReadonlyMap<RenditionId, number> {
  const begins = new Map<RenditionId, number>();
  if (zeroMs < shown.fromMs) {
    return begins;
  }
  for (const rendition of plannedRenditions(plan)) {
    const seconds = Math.max(0, ((shown.untilMs.get(rendition.id) ?? zeroMs) - zeroMs) / 1000);
    const fps = rendition.kind === 'video' ? framesPerSecond(rendition.frameRate) : undefined;
    const onSlot = fps === undefined ? seconds : Math.ceil(seconds * fps - toleranceFrames) / fps;
    begins.set(rendition.id, onSlot);
  }
  const overlaps = [...begins.values()].some((seconds) => seconds > 0);
  return overlaps ? begins : new Map();
}
