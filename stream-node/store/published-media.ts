import type { RenditionId } from '../contract/ladder';
import { originSecondsOf, type TakeIndex } from './take-index';

/** How far a recorder session is safely on disk. */
export type PublishedMedia = {
  /** media time of the session's time zero, in seconds */
  readonly originSeconds: number;
  /** end of the media of each rendition, in seconds of the session's media time */
  readonly ends: ReadonlyMap<RenditionId, number>;
  /** a media time and the event-clock time it was published with, unix milliseconds */
  readonly anchor: { readonly mediaSeconds: number; readonly eventTimeMs: number };
};

/** What the takes hold of a recorder session; `undefined` for nothing. */
export function publishedMedia(takes: readonly TakeIndex[], recorderSession: string): PublishedMedia | undefined {
  const ends = new Map<RenditionId, number>();
  let anchor: PublishedMedia['anchor'] | undefined;
  const own = takes.filter((take) => take.header.recorderSession === recorderSession);
  for (const { renditions, segments } of own) {
    for (const { renditionId, ticks, programDateTimeMs } of segments) {
      const timescale = renditions.get(renditionId)?.timescale;
      if (ticks === undefined || timescale === undefined) {
        continue;
      }
      ends.set(renditionId, Math.max(ends.get(renditionId) ?? 0, ticks.end / timescale));
      const mediaSeconds = ticks.start / timescale;
      if (anchor === undefined || mediaSeconds >= anchor.mediaSeconds) {
        anchor = { mediaSeconds, eventTimeMs: programDateTimeMs };
      }
    }
  }
  return own[0] && anchor && { originSeconds: originSecondsOf(own[0].header), ends, anchor };
}
