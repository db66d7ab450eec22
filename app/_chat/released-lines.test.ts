import { expect, test } from 'vitest';
import type { ChatLine } from '../../server/realtime/messages';
import { releasedCount, visibleLines } from './released-lines';

const line = (sequence: number, happenedAtMs: number, author = 'usr_fan', createdAtMs = happenedAtMs): ChatLine => ({
  id: `msg_${sequence}`,
  eventId: 'evt_1',
  sequence,
  clientMessageId: `client-${sequence}`,
  text: '',
  author: { id: author, name: author, image: null },
  streamId: null,
  happenedAtMs,
  createdAtMs,
});

test('a line is held until the playhead reaches when it happened', () => {
  const lines = [line(1, 1_000), line(2, 2_000), line(3, 3_000)];
  expect(releasedCount(lines, 1_999)).toBe(1);
  expect(releasedCount(lines, 2_000)).toBe(2);
});

test('nothing is slipped in above what has been read: a line waits for those before it', () => {
  const lines = [line(1, 1_000), line(2, 9_000), line(3, 2_000)];
  expect(releasedCount(lines, 5_000)).toBe(1);
  expect(releasedCount(lines, 9_000)).toBe(3);
});

test('without a playing stream everything shows', () => {
  expect(releasedCount([line(1, 9e12)], null)).toBe(1);
});

test("one's own lines show at once", () => {
  const lines = [line(1, 1_000), line(2, 9_000), line(3, 9_000, 'usr_me')];
  expect(visibleLines(lines, 1_500, 'usr_me').map(({ sequence }) => sequence)).toEqual([1, 3]);
  expect(visibleLines(lines, 1_500, null).map(({ sequence }) => sequence)).toEqual([1]);
});

test('a writer whose clock is ahead holds nobody up longer than until the line arrived', () => {
  expect(releasedCount([line(1, 9e12, 'usr_fan', 1_000)], 1_000)).toBe(1);
});
