import { expect, test } from 'vitest';
import { reconnectDelayMs } from './reconnect-delay';

const delays = { firstMs: 250, longestMs: 5000 };

test('the delay doubles up to its limit, and is spread over its upper half', () => {
  expect([0, 1, 2, 3, 10, 4000].map((attempt) => reconnectDelayMs(attempt, delays, () => 1))).toEqual([
    250, 500, 1000, 2000, 5000, 5000,
  ]);
  expect(reconnectDelayMs(2, delays, () => 0)).toBe(500);
});
