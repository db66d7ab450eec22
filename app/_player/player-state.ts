import type { PlayableWindow } from './playback-engine';

/** `refused`: the browser wants a tap before it lets sound out. */
export type PlayerPhase = 'loading' | 'playing' | 'paused' | 'buffering' | 'refused' | 'ended' | 'gone';

export type PlayerSnapshot = {
  phase: PlayerPhase;
  /** something failed and is being tried again */
  isTroubled: boolean;
  /** the playhead on the event clock, unix ms */
  positionMs: number | null;
  window: PlayableWindow | null;
  /** server clock minus playhead; of live playback only */
  latencySeconds: number | null;
  /** at the live edge and following it */
  isAtLive: boolean;
  heights: number[];
  /** null: chosen by the line */
  chosenHeight: number | null;
  isMuted: boolean;
  volume: number;
  /** what the media has cost on the line since the page opened, in bytes */
  usedBytes: number;
};

export const idlePlayer: PlayerSnapshot = {
  phase: 'loading',
  isTroubled: false,
  positionMs: null,
  window: null,
  latencySeconds: null,
  isAtLive: false,
  heights: [],
  chosenHeight: null,
  isMuted: false,
  volume: 1,
  usedBytes: 0,
};
