import { expect, test } from 'vitest';
import {
  dialScale,
  dialTicks,
  dialValueText,
  durationInWords,
  durationOnClock,
  fractionOf,
  momentAfterKey,
  momentAt,
} from './dial-scale';

const endMs = 1_795_000_000_000;
const window = { startMs: endMs - 200_000, endMs };
const live = dialScale(true, window);

test('a live dial shows ten minutes, and the needle cannot leave what can be played', () => {
  expect(live.endMs - live.startMs).toBe(600_000);
  expect(fractionOf(live, endMs - 60_000)).toBeCloseTo(0.9);
  expect(momentAt(live, 0.95, window)).toBe(endMs - 30_000);
  expect(momentAt(live, 0, window)).toBe(window.startMs);
  expect(momentAt(live, 7, window)).toBe(endMs);
});

test('a recording shows the whole of it', () => {
  expect(dialScale(false, window)).toEqual(window);
  expect(fractionOf({ startMs: endMs, endMs }, endMs)).toBe(1);
});

test('arrows move by five seconds, Page keys by a minute, Home and End to the ends', () => {
  const at = endMs - 100_000;
  expect(momentAfterKey('ArrowLeft', at, window)).toBe(at - 5000);
  expect(momentAfterKey('ArrowRight', at, window)).toBe(at + 5000);
  expect(momentAfterKey('PageDown', at, window)).toBe(at - 60_000);
  expect(momentAfterKey('PageUp', endMs - 10_000, window)).toBe(endMs);
  expect(momentAfterKey('Home', at, window)).toBe(window.startMs);
  expect(momentAfterKey('End', at, window)).toBe(endMs);
  expect(momentAfterKey('a', at, window)).toBeNull();
});

test('durations are said as people say them', () => {
  expect(durationInWords(4.83)).toBe('4.8 seconds');
  expect(durationInWords(1)).toBe('1 second');
  expect(durationInWords(65)).toBe('1 minute 5 seconds');
  expect(durationInWords(120)).toBe('2 minutes');
  expect(durationInWords(3725)).toBe('1 hour 2 minutes');
  expect(durationOnClock(252)).toBe('4:12');
  expect(durationOnClock(3729)).toBe('1:02:09');
});

test('the value is a sentence', () => {
  expect(dialValueText(true, endMs, live, 4.8)).toBe('4.8 seconds behind live');
  expect(dialValueText(false, window.startMs + 65_000, window, 0)).toBe('1 minute 5 seconds of 3 minutes 20 seconds');
});

test('ticks: every minute of ten has its label on live, a dozen at most on a recording', () => {
  const labels = dialTicks(true, live).flatMap(({ label }) => label ?? []);
  expect(labels).toEqual(['−10 min', '−9', '−8', '−7', '−6', '−5', '−4', '−3', '−2', '−1']);
  for (const seconds of [3, 60, 900, 7200]) {
    const ticks = dialTicks(false, { startMs: 0, endMs: seconds * 1000 });
    expect(ticks.length).toBeLessThanOrEqual(13);
    expect(ticks[0]?.label).toBe('0:00');
  }
});

test('a live dial shows the whole of a longer window, with a dozen labels at most', () => {
  const long = { startMs: endMs - 4 * 3_600_000, endMs };
  expect(dialScale(true, long)).toEqual(long);
  expect(dialScale(true, { startMs: endMs - 604_000, endMs })).toEqual(live);
  const ticks = dialTicks(true, long);
  expect(ticks.map(({ label }) => label)).toEqual(['−240 min', '−210', '−180', '−150', '−120', '−90', '−60', '−30']);
  expect(ticks.at(-1)?.fraction).toBeCloseTo(0.875);
});
