import type { Player } from './player';
import type { PlayerSnapshot } from './player-state';

/** What the keys of a lock screen, a headset or a car may ask of the player. */
export type MediaSessionPlayer = Pick<Player, 'play' | 'pause' | 'seekBy' | 'seekTo' | 'goLive' | 'snapshot'>;

/** What a key says: how far to go, or where to, in seconds. */
type KeyDetails = { seekOffset?: number | undefined; seekTime?: number | undefined };
export type MediaSessionActions = ReadonlyMap<MediaSessionAction, (details: KeyDetails) => void>;

const defaultSeekSeconds = 10;

/**
 * The keys that mean something for what plays: a live stream has an edge to go to ("next track", the one key for it that
 * lock screens show), a recording has a length to seek in.
 */
export function mediaSessionActions(player: MediaSessionPlayer, isLive: boolean): MediaSessionActions {
  const actions = new Map<MediaSessionAction, (details: KeyDetails) => void>([
    ['play', () => void player.play()],
    ['pause', () => player.pause()],
    ['stop', () => player.pause()],
    ['seekbackward', ({ seekOffset = defaultSeekSeconds }) => player.seekBy(-seekOffset)],
    ['seekforward', ({ seekOffset = defaultSeekSeconds }) => player.seekBy(seekOffset)],
  ]);
  if (isLive) {
    return actions.set('nexttrack', () => player.goLive());
  }
  return actions.set('seekto', ({ seekTime }) => {
    const { window } = player.snapshot();
    if (window !== null && seekTime !== undefined) {
      player.seekTo(window.startMs + seekTime * 1000);
    }
  });
}

/** Where a lock screen draws the playhead of a recording, in seconds; a live stream has no length to show. */
export function positionStateOf(
  { window, positionMs }: Pick<PlayerSnapshot, 'window' | 'positionMs'>,
  isLive: boolean,
): { duration: number; position: number } | undefined {
  if (isLive || window === null || positionMs === null || window.endMs <= window.startMs) {
    return undefined;
  }
  const duration = (window.endMs - window.startMs) / 1000;
  // A playhead outside of the length is refused by the browser.
  return { duration, position: Math.min(duration, Math.max(0, (positionMs - window.startMs) / 1000)) };
}

/** What a lock screen shows beside its play key. */
export function playbackStateOf(phase: PlayerSnapshot['phase']): MediaSessionPlaybackState {
  switch (phase) {
    case 'playing':
    case 'buffering':
      return 'playing';
    case 'loading':
    case 'gone':
      return 'none';
    case 'paused':
    case 'refused':
    case 'ended':
      return 'paused';
    default:
      return phase satisfies never;
  }
}
