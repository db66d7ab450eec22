import { expect, test } from 'vitest';
import { dateAt, timeAt } from './media-timeline';

const t0 = 1_795_000_000_000;
/** two takes with a break of a minute between them */
const fragments = [
  { start: 100, duration: 2, programDateTime: t0 },
  { start: 102, duration: 2, programDateTime: t0 + 2000 },
  { start: 104, duration: 2, programDateTime: t0 + 64_000 },
];

test('a media time has its moment on the event clock, across a break too', () => {
  expect(dateAt(fragments, 101.5)).toBe(t0 + 1500);
  expect(dateAt(fragments, 104.25)).toBe(t0 + 64_250);
  expect(dateAt(fragments, 107)).toBe(t0 + 67_000);
});

test('a moment has its media time; within a break it is the end of what came before', () => {
  expect(timeAt(fragments, t0 + 3000)).toBe(103);
  expect(timeAt(fragments, t0 + 65_000)).toBe(105);
  expect(timeAt(fragments, t0 + 30_000)).toBe(104);
});

test('moments outside give the nearest end', () => {
  expect(timeAt(fragments, t0 - 10_000)).toBe(100);
  expect(timeAt(fragments, t0 + 900_000)).toBe(106);
});

test('a playlist without dates says nothing', () => {
  expect(dateAt([{ start: 0, duration: 2, programDateTime: null }], 1)).toBeNull();
  expect(timeAt([], t0)).toBeNull();
});
