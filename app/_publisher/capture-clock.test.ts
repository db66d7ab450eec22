import { expect, test } from 'vitest';
import { captureTiming, frameOriginMs, soundPathMs } from './capture-clock';

const callMs = 1_795_259_654_000;
const at = (...offsets: number[]) => offsets.map((offset) => callMs + offset);

test('a canvas captured at the call: the origin is that frame, not the next', () => {
  const seen = at(-54.9, 1.2, 14, 58.9, 92.1, 125.1);
  expect(frameOriginMs(callMs, seen, [0, 13, 58, 91])).toBeCloseTo(callMs + 1.2, 1);
});

test('a camera: the origin is its first frame after the call', () => {
  const seen = at(-37.7, 11.9, 61.7, 111.4, 162.2);
  expect(frameOriginMs(callMs, seen, [0, 49, 99, 150])).toBeCloseTo(callMs + 11.9, 1);
});

test('an even camera, where every frame would fit: the first after the call is taken', () => {
  const seen = at(-23, 10, 43, 77, 110, 143);
  expect(frameOriginMs(callMs, seen, [0, 33, 67, 100])).toBeCloseTo(callMs + 10, 1);
});

test('a first frame that the page did not see is found by the distances of the rest', () => {
  const seen = at(-20, 45, 61, 110);
  expect(Math.abs(frameOriginMs(callMs, seen, [0, 45, 61, 110]) - callMs)).toBeLessThanOrEqual(45);
});

test('a hidden page sees no frames: the call itself is the origin', () => {
  expect(frameOriginMs(callMs, [], [0, 33])).toBe(callMs);
});

test('sound laid late beside a picture is moved to zero, the picture to its true distance', () => {
  const timing = captureTiming(callMs, callMs + 1, 35);
  expect(timing).toEqual({ originMs: callMs - soundPathMs, videoShiftMs: soundPathMs + 1, audioShiftMs: -35 });
  // both tracks, at their shifted times, lie at the instants they were captured
  expect(timing.originMs + 35 + timing.audioShiftMs).toBe(callMs - soundPathMs);
  expect(timing.originMs + 0 + timing.videoShiftMs).toBe(callMs + 1);
});

test('sound alone starts its container, one sound path before the call', () => {
  expect(captureTiming(callMs, null, 0)).toEqual({ originMs: callMs - soundPathMs, videoShiftMs: 0, audioShiftMs: -0 });
});

test('a recorder without sound keeps its times', () => {
  expect(captureTiming(callMs, callMs + 5, null)).toEqual({ originMs: callMs + 5, videoShiftMs: 0, audioShiftMs: 0 });
});
