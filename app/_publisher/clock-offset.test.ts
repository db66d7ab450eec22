import { expect, test } from 'vitest';
import { ClockOffset, clockSample } from './clock-offset';

const exchange = (atMs: number, thereMs: number, backMs: number, offsetMs = -5000) => ({
  sentAtMs: atMs,
  receivedAtMs: atMs + thereMs + offsetMs,
  answeredAtMs: atMs + thereMs + offsetMs + 1,
  returnedAtMs: atMs + thereMs + 1 + backMs,
});

test('on an even line the offset is exact, however wrong the page clock is', () => {
  expect(clockSample(exchange(1000, 20, 20))).toEqual({ offsetMs: -5000, roundTripMs: 40 });
});

test('an uneven line is wrong by half the difference, never more than half the round trip', () => {
  const sample = clockSample(exchange(1000, 100, 0));
  expect(Math.abs(sample.offsetMs - -5000)).toBeLessThanOrEqual(sample.roundTripMs / 2);
});

test('the least round trip wins, and only a better one is news', () => {
  const offset = new ClockOffset();
  expect(offset.add(exchange(0, 90, 10))).toBe(true);
  expect(offset.add(exchange(100, 5, 5))).toBe(true);
  expect(offset.add(exchange(200, 200, 10))).toBe(false);
  expect(offset.best).toMatchObject({ offsetMs: -5000, roundTripMs: 10 });
  expect(offset.latestRoundTripMs).toBe(210);
});

test('an old sample ages, so that clocks that drift apart are followed', () => {
  const offset = new ClockOffset();
  offset.add(exchange(0, 5, 5, 0));
  expect(offset.add(exchange(3_600_000, 8, 8, 90))).toBe(true);
  expect(offset.best?.offsetMs).toBe(90);
});
