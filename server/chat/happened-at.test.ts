import { expect, test } from 'vitest';
import { happenedAt } from './happened-at';

const nowMs = Date.parse('2026-11-21T15:00:00Z');
const startedAt = new Date('2026-11-21T14:00:00Z');
const recorded = { record: true, dvrWindowSeconds: 600, createdAt: startedAt, startedAt };
const unrecorded = { ...recorded, record: false };

test('a playhead in the past is kept to the millisecond', () => {
  expect(happenedAt(nowMs - 4217, nowMs, recorded)).toEqual(new Date(nowMs - 4217));
});

test('a clock that runs a little ahead counts as now, one that is minutes ahead is refused', () => {
  expect(happenedAt(nowMs + 2000, nowMs, recorded)).toEqual(new Date(nowMs));
  expect(() => happenedAt(nowMs + 2001, nowMs, recorded)).toThrow(/^happenedAtMs: .*ahead/);
  expect(() => happenedAt(nowMs + 2001, nowMs, null)).toThrow(/^happenedAtMs: .*ahead/);
});

test('a recorded stream can be spoken of from its first sample on', () => {
  expect(happenedAt(startedAt.getTime(), nowMs, recorded)).toEqual(startedAt);
  expect(() => happenedAt(startedAt.getTime() - 60_000, nowMs, recorded)).toThrow(/before the stream began/);
});

test('an unrecorded stream can be spoken of within its DVR window', () => {
  expect(happenedAt(nowMs - 600_000, nowMs, unrecorded)).toEqual(new Date(nowMs - 600_000));
  expect(() => happenedAt(nowMs - 660_000, nowMs, unrecorded)).toThrow(/still keeps/);
});

test('without a stream a line speaks of the last minutes', () => {
  expect(happenedAt(nowMs - 60_000, nowMs, null)).toEqual(new Date(nowMs - 60_000));
  expect(() => happenedAt(0, nowMs, null)).toThrow(/last 10 minutes/);
});
