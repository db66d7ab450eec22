import { expect, test } from 'vitest';
import { AudioCodec, audioPartSeconds } from './codecs';
import { customCutPlan } from './custom-cut-plan';

const frameRates = [1, 5, 10, 12.5, 15, 23.976, 24, 25, 28, 29.97, 30, 48, 50, 59.94, 60];
/** Sound of every codec beside one picture. */
const audio = AudioCodec.options.map((codec) => ({ codec }));
const gops = [0.2, 0.25, 0.5, 0.7, 1, 1.3, 2, 3.7, 6, 10];

test('whatever GOP is ordered at whatever rate, every part lasts 85 to 100 % of the target', () => {
  for (const fps of frameRates) {
    for (const gopSeconds of gops) {
      const frameRate = { numerator: Math.round(fps * 1000), denominator: 1000 };
      const order = { gopSeconds, segmentSeconds: 10, isLowLatency: true, audio };
      const what = `${fps} fps, GOP ${gopSeconds} s`;
      const cut = customCutPlan(order, frameRate);
      const sounds = AudioCodec.options.map((codec) => audioPartSeconds(codec, cut));
      const parts = [cut.videoPartFrames / fps, ...sounds];
      for (const seconds of parts) {
        expect(seconds, what).toBeLessThanOrEqual(cut.partTargetSeconds + 1e-4);
        expect(seconds, what).toBeGreaterThanOrEqual(0.85 * cut.partTargetSeconds);
      }
      // A part that a keyframe cuts short would be below it.
      expect(cut.gopFrames % cut.videoPartFrames, what).toBe(0);
      const offSeconds = Math.abs(cut.gopFrames / fps - gopSeconds);
      expect(offSeconds, what).toBeLessThanOrEqual(Math.max(0.1, 1 / fps) + 1e-9);
      expect(cut.segmentSeconds, what).toBeLessThanOrEqual(10 + cut.gopFrames / fps / 2);
    }
  }
});

test.each([
  [25, 1, 4, { gopFrames: 25, videoPartFrames: 5, segmentSeconds: 4, targetDurationSeconds: 4 }],
  [30, 1, 4, { gopFrames: 30, videoPartFrames: 10, segmentSeconds: 4, targetDurationSeconds: 4 }],
  [30, 2, 6, { gopFrames: 60, videoPartFrames: 10, segmentSeconds: 6, targetDurationSeconds: 6 }],
  [50, 0.5, 1, { gopFrames: 25, segmentSeconds: 1, targetDurationSeconds: 1 }],
])(
  'at %d fps a GOP of %d s and segments of %d s are cut as they were ordered',
  (fps, gopSeconds, segmentSeconds, wanted) => {
    const order = { gopSeconds, segmentSeconds, isLowLatency: false, audio: [{}] };
    const cut = customCutPlan(order, { numerator: fps, denominator: 1 });
    expect(cut).toMatchObject({ ...wanted, hidesParts: true });
  },
);

test('a GOP too short for the sound of a part is made longer', () => {
  const order = { gopSeconds: 0.2, segmentSeconds: 1, isLowLatency: true, audio };
  const cut = customCutPlan(order, { numerator: 7, denominator: 1 });
  expect(cut).toMatchObject({ gopFrames: 2, videoPartFrames: 2 });
});

test('sound alone has parts of half a second, and segments as ordered', () => {
  const cut = customCutPlan({ gopSeconds: 1, segmentSeconds: 4, isLowLatency: true, audio }, null);
  expect(cut).toMatchObject({ partTargetSeconds: 0.512, segmentSeconds: 4, targetDurationSeconds: 4, gopFrames: 0 });
  expect(cut).not.toHaveProperty('hidesParts');
});
