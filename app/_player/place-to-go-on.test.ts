import { describe, expect, test } from 'vitest';
import { placeToGoOn, type SourceChange } from './place-to-go-on';
import type { PlaybackSource } from './playback-engine';

const live: PlaybackSource = {
  url: 'http://node.test/index.m3u8',
  isLive: true,
  isThin: false,
  kind: 'video',
  profile: 'balanced',
};
const heard = { streamId: 'str_one', isLive: true, isThin: false };
const place = (change: Partial<SourceChange>) =>
  placeToGoOn({
    ...{ before: heard, streamId: 'str_one', next: live, momentMs: 5000, isAfresh: false, isBehind: false },
    ...change,
  });

describe('placeToGoOn', () => {
  test('the same stream, back from a break or at another node, is followed at its edge', () => {
    expect(place({})).toEqual({ atMs: null, isKept: false });
  });

  test('whoever had gone back in it stays at their moment', () => {
    expect(place({ isBehind: true })).toEqual({ atMs: 5000, isKept: true });
  });

  test('another voice, a recording and the other mode go on at the same moment', () => {
    for (const change of [
      { streamId: 'str_other' },
      { next: { ...live, isLive: false } },
      { next: { ...live, isThin: true } },
      { before: null },
    ]) {
      expect(place(change)).toEqual({ atMs: 5000, isKept: false });
    }
  });

  test('whoever asks for the beginning, or for nothing, is led nowhere', () => {
    expect(place({ isAfresh: true, streamId: 'str_other' })).toEqual({ atMs: null, isKept: false });
    expect(place({ next: null })).toEqual({ atMs: null, isKept: false });
  });
});
