import { expect, test } from 'vitest';
import { readScoreFeed } from '../../server/score/read-score-feed';
import type { ScoreChange } from '../../server/score/score-view';
import { feedXml } from '../../server/score/test-feed';
import { standingScore } from './standing-score';

const sheet = readScoreFeed(Buffer.from(feedXml()));
/** Each a second after the one before. */
const changes = (from: number, to: number): ScoreChange[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ sequence: from + i, atMs: (from + i) * 1000, sheet }));
const sequenceAt = (newest: ScoreChange[], earlier: Parameters<typeof standingScore>[1], atMs: number | null) => {
  const { change, isUnknown } = standingScore(newest, earlier, atMs);
  return isUnknown ? 'unknown' : (change?.sequence ?? null);
};

test('a score is shown from its moment on, and none before', () => {
  const all = changes(1, 5);
  expect([500, 999, 1000, 1999, 2000, 99_000].map((atMs) => sequenceAt(all, null, atMs))).toEqual([
    null,
    null,
    1,
    1,
    2,
    5,
  ]);
  expect(sequenceAt(all, null, null)).toBe(5);
  expect(sequenceAt([], null, 7)).toBe(null);
});

test('further back than the page remembers nothing is shown until it was asked for', () => {
  const newest = changes(50, 60);
  expect(sequenceAt(newest, null, 20_500)).toBe('unknown');
  const earlier = { changes: changes(20, 30), fromMs: 20_500, untilMs: 31_000 };
  expect([20_500, 25_000, 30_999].map((atMs) => sequenceAt(newest, earlier, atMs))).toEqual([20, 25, 30]);
  expect([20_400, 31_000, 49_999].map((atMs) => sequenceAt(newest, earlier, atMs))).toEqual(Array(3).fill('unknown'));
  expect(sequenceAt(newest, earlier, 50_000)).toBe(50);
});

test('before the first score that is kept there is none, and it is not asked for again', () => {
  const earlier = { changes: changes(41, 49), fromMs: 3000, untilMs: null };
  expect(sequenceAt(changes(50, 60), earlier, 4000)).toBe(null);
});
