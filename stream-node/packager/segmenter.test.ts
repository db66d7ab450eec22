import { expect, test } from 'vitest';
import { commentaryAudio, type VideoRendition } from '../contract/ladder';
import { audioCutPlan, videoCutPlan } from '../contract/profiles';
import { cutAfter, cutBefore, cutRule, isPastBoundary } from './segmenter';

const video: VideoRendition = {
  kind: 'video',
  id: '360p',
  width: 640,
  height: 360,
  frameRate: { numerator: 30, denominator: 1 },
  bitrate: 700_000,
};
const cut = videoCutPlan('balanced', video.frameRate);
const videoRule = cutRule(video, cut, 1);
const audioRule = cutRule(commentaryAudio, cut, 1);
const keyframe = { startsWithKeyframe: true, durationSeconds: 1 / 3 };

test('a video segment ends before the first keyframe on or past the grid of the session', () => {
  const open = { segmentIndex: 0, segmentSeconds: 2, heldSeconds: 0 };
  expect(cutBefore(open, { ...keyframe, startSeconds: 3 }, videoRule)).toBe('segment');
  expect(cutBefore(open, { ...keyframe, startSeconds: 3.3 }, videoRule)).toBe('segment');
  expect(cutBefore({ ...open, segmentSeconds: 1 }, { ...keyframe, startSeconds: 2 }, videoRule)).toBe('none');
});

test('a video segment never ends where no keyframe follows', () => {
  const open = { segmentIndex: 0, segmentSeconds: 2, heldSeconds: 0 };
  const late = { startSeconds: 3, durationSeconds: 1 / 3, startsWithKeyframe: false };
  expect(cutBefore(open, late, videoRule)).toBe('none');
  expect(cutAfter({ ...open, heldSeconds: 1 / 3 }, 3.3, videoRule)).toBe('part');
});

test('an audio segment ends with the first part past the boundary of the video', () => {
  const open = { segmentIndex: 0, segmentSeconds: 1.7, heldSeconds: 16 * (1024 / 48_000) };
  expect(cutAfter(open, 2.685, audioRule)).toBe('part');
  expect(cutAfter(open, 3.027, audioRule)).toBe('segment');
  expect(cutAfter({ ...open, segmentIndex: 1 }, 3.027, audioRule)).toBe('part');
});

test('a part ends when it is full, so that it is published without waiting for more', () => {
  const open = { segmentIndex: 0, segmentSeconds: 0.3, heldSeconds: 0.3 };
  expect(cutAfter(open, 1.3, videoRule)).toBe('none');
  expect(cutAfter({ ...open, heldSeconds: 10 / 30 }, 1.333, videoRule)).toBe('part');
});

test('a part ends before it would pass the part target', () => {
  const next = { startSeconds: 1.3, durationSeconds: 0.05, startsWithKeyframe: false };
  expect(cutBefore({ segmentIndex: 0, segmentSeconds: 0.3, heldSeconds: 0.3 }, next, videoRule)).toBe('part');
  expect(cutBefore({ segmentIndex: 0, segmentSeconds: 0.3, heldSeconds: 0.29 }, next, videoRule)).toBe('none');
});

test('sums of frames that are not exact in binary do not cut a part short', () => {
  const rule = cutRule(commentaryAudio, audioCutPlan(), 0);
  const frame = 1024 / 48_000;
  const heldSeconds = Array.from({ length: 23 }).reduce<number>((sum) => sum + frame, 0);
  const next = { startSeconds: 0, durationSeconds: frame, startsWithKeyframe: true };
  expect(cutBefore({ segmentIndex: 0, segmentSeconds: heldSeconds, heldSeconds }, next, rule)).toBe('none');
});

test('the grid of a rate that is no whole number does not drift', () => {
  const frameRate = { numerator: 30_000, denominator: 1001 };
  const ntsc = { ...video, frameRate };
  const rule = cutRule(ntsc, videoCutPlan('balanced', frameRate), 1);
  const twoHoursOfSegments = 3596;
  const boundary = 1 + (twoHoursOfSegments * 60 * 1001) / 30_000;
  expect(isPastBoundary(twoHoursOfSegments - 1, boundary, rule)).toBe(true);
  expect(isPastBoundary(twoHoursOfSegments - 1, boundary - 1001 / 30_000, rule)).toBe(false);
});
