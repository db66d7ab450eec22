import { expect, test } from 'vitest';
import { ServerClock } from './server-clock';

/** A page whose clock is wrong, and a web process at the end of a line whose two ways take their own time. */
function lineWith(options: { pageAheadMs: number; waysMs: [there: number, back: number][] }) {
  const trueNow = { ms: 1_700_000_000_000 };
  const ways = [...options.waysMs];
  const clock = new ServerClock(
    async () => {
      const [thereMs, backMs] = ways.shift() ?? [50, 50];
      trueNow.ms += thereMs;
      const receivedAtMs = trueNow.ms;
      trueNow.ms += backMs;
      return { ok: true, receivedAtMs };
    },
    () => trueNow.ms + options.pageAheadMs,
  );
  return { clock, trueNow };
}

test('a page clock that is 5 s ahead is corrected to the server clock', async () => {
  const { clock, trueNow } = lineWith({ pageAheadMs: 5_000, waysMs: [] });
  await clock.measure();
  expect(clock.nowMs()).toBeCloseTo(trueNow.ms, 6);
});

test('the round with the least round trip wins, so one slow way does not shift the clock', async () => {
  const { clock, trueNow } = lineWith({
    pageAheadMs: -3_000,
    waysMs: [
      [900, 20],
      [10, 12],
      [20, 700],
    ],
  });
  await clock.measure();
  expect(Math.abs(clock.nowMs() - trueNow.ms)).toBeLessThanOrEqual(1);
});

test('a line that breaks while measuring leaves the last offset in place', async () => {
  const clock = new ServerClock(
    async () => {
      throw new Error('disconnected');
    },
    () => 42,
  );
  await clock.measure();
  expect(clock.nowMs()).toBe(42);
});
