import { expect, test } from 'vitest';
import {
  aacFrameSamples,
  audioCutPlan,
  audioSampleRate,
  LatencyProfile,
  targetDurationSeconds,
  videoCutPlan,
} from './profiles';

const frameRates = [
  [24_000, 1001],
  [24, 1],
  [25, 1],
  [30_000, 1001],
  [30, 1],
  [50, 1],
  [60_000, 1001],
  [60, 1],
] as const;

for (const profile of LatencyProfile.options) {
  for (const [numerator, denominator] of frameRates) {
    test(`${profile} at ${numerator}/${denominator}: every part lasts 85 to 100 % of the part target`, () => {
      const plan = videoCutPlan(profile, { numerator, denominator });
      const videoPart = (plan.videoPartFrames * denominator) / numerator;
      const audioPart = (plan.audioPartFrames * aacFrameSamples) / audioSampleRate;
      for (const part of [videoPart, audioPart]) {
        expect(part).toBeLessThanOrEqual(plan.partTargetSeconds);
        expect(part).toBeGreaterThanOrEqual(0.85 * plan.partTargetSeconds);
      }
      // An audio segment ends with the first part past the video's boundary.
      expect(Math.round(plan.segmentSeconds + audioPart)).toBeLessThanOrEqual(targetDurationSeconds);
      expect(plan.partHoldBackSeconds).toBeGreaterThanOrEqual(3 * plan.partTargetSeconds);
      expect(plan.gopFrames % plan.videoPartFrames).toBe(0);
    });
  }
}

test('an audio-only part is exactly 24 AAC frames and its part target', () => {
  const plan = audioCutPlan();
  expect((plan.audioPartFrames * aacFrameSamples) / audioSampleRate).toBeCloseTo(plan.partTargetSeconds, 9);
});
