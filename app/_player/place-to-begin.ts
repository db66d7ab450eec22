import type { PlayableWindow } from './playback-engine';

/** a moment this far beyond the edge is one that has not arrived here yet */
const aheadMsMax = 3000;

export type PlaceToBegin = { at: 'live' } | { at: 'moment'; momentMs: number };

export type WantedPlace = {
  /** a moment on the event clock, unix ms; null: wherever this source begins by itself */
  wantedMs: number | null;
  /** what can be played now; null where nothing is known of it */
  window: PlayableWindow | null;
  /** from here on a moment means live; infinite for a recording */
  liveFromMs: number;
  /** whoever had gone back in this very stream, which has another node now, stays as near to their moment as that one has it */
  isKept: boolean;
};

/** Where a source begins of which a moment is wanted; null: where it begins by itself. */
export function placeToBegin({ wantedMs, window, liveFromMs, isKept }: WantedPlace): PlaceToBegin | null {
  if (wantedMs === null || window === null) {
    return null;
  }
  if (isKept && wantedMs < window.startMs) {
    return { at: 'moment', momentMs: window.startMs };
  }
  // A moment that this source does not hold is no reason to begin at its nearer end.
  if (wantedMs < window.startMs || wantedMs > window.endMs + aheadMsMax) {
    return null;
  }
  return wantedMs > liveFromMs && !isKept ? { at: 'live' } : { at: 'moment', momentMs: wantedMs };
}
