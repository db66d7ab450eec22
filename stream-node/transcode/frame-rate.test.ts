import { expect, test } from 'vitest';
import { type LatencyProfile, videoCutPlan } from '../contract/profiles';
import { framesPerSecond, isSaneFrameRate, outputFrameRates, snapFrameRate } from './frame-rate';

test.each([
  [23.976, 24_000 / 1001],
  [24, 24],
  [25.1, 25],
  [29.97, 30_000 / 1001],
  [30, 30],
  [30.2, 30],
  [59.94, 60_000 / 1001],
  [60, 60],
  [15, 30],
  [12.5, 25],
  [8, 24],
  [20, 30],
  [1, 24],
  [28, 30],
  [40, 50],
])('%d fps is encoded at %d', (fps, expected) => {
  expect(framesPerSecond(snapFrameRate(fps))).toBeCloseTo(expected, 6);
});

test.each([0, 1000, 90_000, Number.NaN, Number.POSITIVE_INFINITY, 0.5])('%d fps is not believed', (fps) => {
  expect(isSaneFrameRate(fps)).toBe(false);
});

test.each(['balanced', 'lowest-latency'] satisfies LatencyProfile[])(
  'every rate a stream may have gives parts of 85 to 100 %% of the target (%s)',
  (profile) => {
    for (const rate of outputFrameRates) {
      const cut = videoCutPlan(profile, rate);
      const share = cut.videoPartFrames / framesPerSecond(rate) / cut.partTargetSeconds;
      expect(share).toBeGreaterThanOrEqual(0.85);
      expect(share).toBeLessThanOrEqual(1);
    }
  },
);
