import { expect, test } from 'vitest';
import { EncoderLagWatch, smallerPicture } from './encoder-lag';

test('a lag that lasts three seconds makes the picture smaller, a hiccup does not', () => {
  const watch = new EncoderLagWatch();
  expect(watch.isTooSlow(1500, 0)).toBe(false);
  expect(watch.isTooSlow(300, 2000)).toBe(false);
  expect(watch.isTooSlow(1500, 3000)).toBe(false);
  expect(watch.isTooSlow(2500, 5900)).toBe(false);
  expect(watch.isTooSlow(3500, 6000)).toBe(true);
  expect(watch.isTooSlow(3500, 6100)).toBe(false);
});

test('each time it waits twice as long, up to a minute', () => {
  const watch = new EncoderLagWatch();
  const times: number[] = [];
  for (let nowMs = 0; nowMs <= 200_000; nowMs += 500) {
    if (watch.isTooSlow(2000, nowMs)) {
      times.push(nowMs);
    }
  }
  const waits = times.map((time, index) => time - (times[index - 1] ?? 0));
  expect(waits.map((wait) => Math.round(wait / 1000))).toEqual([3, 7, 13, 25, 49, 61]);
});

test('the picture shrinks step by step and no further than 240 lines', () => {
  expect([1080, 720, 700, 360, 240].map(smallerPicture)).toEqual([720, 480, 480, 240, null]);
});
