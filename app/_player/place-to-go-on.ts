import type { PlaybackSource } from './playback-engine';

/** What the player was given before, as far as it matters for what comes next. */
export type LoadedSource = { streamId: string | null; isLive: boolean; isThin: boolean };

export type SourceChange = {
  before: LoadedSource | null;
  streamId: string | null;
  next: PlaybackSource | null;
  /** the moment that is heard now, unix ms on the event clock; at first the one a link named */
  momentMs: number | null;
  /** the viewer asked for the next one's own beginning, or its edge */
  isAfresh: boolean;
  /** the viewer went back in time, or stopped */
  isBehind: boolean;
};

/** A moment to begin at, or `null` for the source's own place, and whether the viewer had gone back to it in this very stream. */
export type PlaceToGoOn = { atMs: number | null; isKept: boolean };

/**
 * Where the next source is to begin. Another voice goes on at the same ball. The same stream at another place (its node died, its
 * broadcaster was away) is followed at its edge by whoever followed it there: what they missed would keep them behind for good.
 */
export function placeToGoOn({ before, streamId, next, momentMs, isAfresh, isBehind }: SourceChange): PlaceToGoOn {
  const isSameLive =
    next?.isLive === true && before?.isLive === true && before.streamId === streamId && before.isThin === next.isThin;
  const isAtOwnPlace = next === null || isAfresh || (isSameLive && !isBehind);
  return { atMs: isAtOwnPlace ? null : momentMs, isKept: isSameLive && isBehind };
}
