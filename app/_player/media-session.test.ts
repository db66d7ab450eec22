import { expect, test } from 'vitest';
import { type MediaSessionPlayer, mediaSessionActions, playbackStateOf, positionStateOf } from './media-session';
import { idlePlayer } from './player-state';

const window = { startMs: 1_000_000, endMs: 1_060_000 };

/** A player that writes down what is asked of it. */
function askedPlayer() {
  const asked: string[] = [];
  const player: MediaSessionPlayer = {
    play: async () => void asked.push('play'),
    pause: () => void asked.push('pause'),
    seekBy: (seconds) => void asked.push(`by ${seconds}`),
    seekTo: (dateMs) => void asked.push(`to ${dateMs}`),
    goLive: () => void asked.push('live'),
    snapshot: () => ({ ...idlePlayer, window }),
  };
  return { asked, player };
}

test('the keys of a lock screen play, pause and seek, and lead a listener back to the live edge', () => {
  const { asked, player } = askedPlayer();
  const actions = mediaSessionActions(player, true);
  for (const action of ['play', 'pause', 'seekbackward', 'seekforward', 'nexttrack'] as const) {
    actions.get(action)?.({});
  }
  actions.get('seekbackward')?.({ seekOffset: 30 });
  expect(asked).toEqual(['play', 'pause', 'by -10', 'by 10', 'live', 'by -30']);
  expect(actions.has('seekto')).toBe(false);
});

test('a recording is sought by its length, and has no live edge', () => {
  const { asked, player } = askedPlayer();
  const actions = mediaSessionActions(player, false);
  actions.get('seekto')?.({ seekTime: 12.5 });
  expect(asked).toEqual(['to 1012500']);
  expect(actions.has('nexttrack')).toBe(false);
});

test('a lock screen shows the playhead of a recording, never outside of its length, and no length of a live stream', () => {
  expect(positionStateOf({ window, positionMs: 1_015_000 }, false)).toEqual({ duration: 60, position: 15 });
  expect(positionStateOf({ window, positionMs: 1_060_400 }, false)).toEqual({ duration: 60, position: 60 });
  expect(positionStateOf({ window, positionMs: 1_015_000 }, true)).toBeUndefined();
  expect(positionStateOf({ window: null, positionMs: null }, false)).toBeUndefined();
});

test('what waits for media counts as playing, for its key must say pause', () => {
  expect(
    ['playing', 'buffering', 'paused', 'refused', 'ended', 'loading'].map((phase) =>
      playbackStateOf(phase as 'playing'),
    ),
  ).toEqual(['playing', 'playing', 'paused', 'paused', 'paused', 'none']);
});
