import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { framesPerSecond, outputFrameRates } from './frame-rate';
import { firstLadder, plannedRenditions, planTranscode } from './transcode-plan';

const frameRate = { numerator: 30, denominator: 1 };
const picture = { codec: 'vp8', width: 1280, height: 720, frameRate, frameSeconds: [] };
const sound = { codec: 'opus', channels: 1, sampleRate: 48_000 };
const common = { container: 'matroska', profile: 'balanced' } as const;

describe('the first session decides by its source', () => {
  test('a picture with sound: the ladder, stereo and the commentary', () => {
    const plan = planTranscode({ ...common, probed: { video: picture, audio: sound } });
    expect(plannedRenditions(plan).map(({ id }) => id)).toEqual(['720p', '480p', '360p', 'audio128', 'audio64']);
    expect(plan.cut.gopFrames).toBe(30);
    expect(plan.missing).toEqual([]);
  });

  test('sound alone: the commentary, in the profile of audio-only streams', () => {
    const plan = planTranscode({ ...common, probed: { audio: sound } });
    expect(plannedRenditions(plan).map(({ id }) => id)).toEqual(['audio64']);
    expect(plan.cut.videoPartFrames).toBe(0);
  });

  test('a picture alone: its rungs', () => {
    const plan = planTranscode({ ...common, probed: { video: picture } });
    expect(plannedRenditions(plan).map(({ kind }) => kind)).toEqual(['video', 'video', 'video']);
  });

  test('a regular camera falls on the slots of its rate, and nothing moves by more than half a frame', () => {
    fc.assert(
      fc.property(fc.constantFrom(...outputFrameRates), fc.nat({ max: 10_000 }), (rate, firstFrameMs) => {
        const fps = framesPerSecond(rate);
        const frameSeconds = [0, 1, 2, 3].map((index) => firstFrameMs / 1000 + index / fps);
        const { gridShiftSeconds } = planTranscode({
          ...common,
          probed: { video: { ...picture, frameRate: rate, frameSeconds } },
        });
        const slot = (firstFrameMs / 1000 + gridShiftSeconds) * fps;
        expect(slot).toBeCloseTo(Math.round(slot), 6);
        expect(Math.abs(gridShiftSeconds)).toBeLessThanOrEqual(0.5 / fps + 1e-9);
      }),
    );
  });

  test('frames that come a little early and late lie around their slots', () => {
    const frameSeconds = [0.101, 0.127, 0.169, 0.195, 0.234];
    const { gridShiftSeconds } = planTranscode({ ...common, probed: { video: { ...picture, frameSeconds } } });
    const slots = frameSeconds.map((seconds) => (seconds + gridShiftSeconds) * 30);
    expect(slots.map(Math.round)).toEqual([3, 4, 5, 6, 7]);
    expect(Math.max(...slots.map((slot) => Math.abs(slot - Math.round(slot))))).toBeLessThan(0.2);
  });

  test('without a frame to go by nothing moves', () => {
    expect(planTranscode({ ...common, probed: { video: picture } }).gridShiftSeconds).toBe(0);
    expect(planTranscode({ ...common, probed: { audio: sound } }).gridShiftSeconds).toBe(0);
  });

  test('nothing at all is refused', () => {
    expect(() => planTranscode({ ...common, probed: {} })).toThrow('neither picture nor sound');
  });
});

describe('a later session keeps what the first one fixed', () => {
  const fixed = firstLadder({ video: picture, audio: sound }, 'balanced');

  test('whatever its picture: same rungs, same rate, same cuts', () => {
    const portrait = { ...picture, width: 480, height: 854, frameRate: { numerator: 25, denominator: 1 } };
    const plan = planTranscode({ ...common, probed: { video: portrait, audio: sound }, fixed });
    expect(plannedRenditions(plan)).toEqual(fixed.renditions);
    expect(plan.cut).toEqual(fixed.cut);
  });

  test('what it cannot feed is named', () => {
    const plan = planTranscode({ ...common, probed: { audio: sound }, fixed });
    expect(plan.missing.map(({ id }) => id)).toEqual(['720p', '480p', '360p']);
    expect(plan.cut).toEqual(fixed.cut);
  });

  test('a source with none of its tracks is refused', () => {
    const silent = firstLadder({ audio: sound }, 'balanced');
    expect(() => planTranscode({ ...common, probed: { video: picture }, fixed: silent })).toThrow('none of the tracks');
  });
});
