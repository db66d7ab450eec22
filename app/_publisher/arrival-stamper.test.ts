import { expect, test } from 'vitest';
import { ArrivalStamper } from './arrival-stamper';
import { EncoderLagWatch } from './encoder-lag';

test('a chunk is dated by the arrival of the one before it, the first one by the start', () => {
  const stamper = new ArrivalStamper(1000);
  const bytes = new Uint8Array(1);
  expect(stamper.push(bytes, 1100)).toEqual({ bytes, captureTimeMs: 1000 });
  expect(stamper.push(new Uint8Array(), 1150)).toBeNull();
  expect(stamper.push(bytes, 2100)).toEqual({ bytes, captureTimeMs: 1100 });
});

test('a recorder that gives a fragment a second is not too slow, and one that gives nothing is', () => {
  const stamper = new ArrivalStamper(0);
  const watch = new EncoderLagWatch();
  const isTooSlow = (nowMs: number) => watch.isTooSlow(stamper.lagMs(nowMs), nowMs);
  for (let nowMs = 250; nowMs <= 20_000; nowMs += 250) {
    if (nowMs % 1000 === 0) {
      stamper.push(new Uint8Array(1), nowMs + 100);
    }
    expect(isTooSlow(nowMs)).toBe(false);
  }
  expect([21_000, 22_000, 23_000, 24_000].map(isTooSlow)).toEqual([false, false, false, false]);
  expect(isTooSlow(25_000)).toBe(true);
});
