import { expect, test } from 'vitest';
import { placeToBegin } from './place-to-begin';

const window = { startMs: 100_000, endMs: 160_000 };
const live = { window, liveFromMs: 157_000, isKept: false };

test('a moment that is held is begun at, and one at the edge means live', () => {
  expect(placeToBegin({ ...live, wantedMs: 120_000 })).toEqual({ at: 'moment', momentMs: 120_000 });
  expect(placeToBegin({ ...live, wantedMs: 158_000 })).toEqual({ at: 'live' });
  expect(placeToBegin({ ...live, wantedMs: 158_000, liveFromMs: Number.POSITIVE_INFINITY })).toMatchObject({
    at: 'moment',
  });
});

test('a moment that is not held, or not known to be, leaves the beginning to the source', () => {
  expect(placeToBegin({ ...live, wantedMs: null })).toBeNull();
  expect(placeToBegin({ ...live, wantedMs: 99_000 })).toBeNull();
  expect(placeToBegin({ ...live, wantedMs: 164_000 })).toBeNull();
  expect(placeToBegin({ ...live, wantedMs: 120_000, window: null })).toBeNull();
});

test('whoever had gone back when the stream moved is never thrown to the live edge', () => {
  expect(placeToBegin({ ...live, isKept: true, wantedMs: 120_000 })).toEqual({ at: 'moment', momentMs: 120_000 });
  expect(placeToBegin({ ...live, isKept: true, wantedMs: 60_000 })).toEqual({ at: 'moment', momentMs: 100_000 });
  const justBegun = { window: { startMs: 159_000, endMs: 160_000 }, liveFromMs: 157_000, isKept: true };
  expect(placeToBegin({ ...justBegun, wantedMs: 60_000 })).toEqual({ at: 'moment', momentMs: 159_000 });
});
