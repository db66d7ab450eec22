import type { RenditionId } from '../contract/ladder';
import type { ObservedTake } from '../contract/snapshots';
import type { TakeIndex } from './take-index';

/** What the web is told of a take: it lasts as long as its longest rendition, and its bytes are those of all of them. */
export function observedTake(take: TakeIndex): ObservedTake {
  let bytes = 0;
  for (const { initBytes } of take.renditions.values()) {
    bytes += initBytes;
  }
  const secondsOf = new Map<RenditionId, number>();
  for (const { renditionId, durationSeconds, length } of take.segments) {
    bytes += length;
    secondsOf.set(renditionId, (secondsOf.get(renditionId) ?? 0) + durationSeconds);
  }
  const { streamId, takeId, epoch, startedAtMs } = take.header;
  const durationSeconds = Math.max(0, ...secondsOf.values());
  return { streamId, takeId, epoch, startedAtMs, durationSeconds, bytes, closed: take.closed };
}
