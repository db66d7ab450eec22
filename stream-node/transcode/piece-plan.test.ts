import { expect, test } from 'vitest';
import type { PieceFacts } from '../ingest/pieces/piece-facts';
import { type PieceBefore, planPiece } from './piece-plan';

type Video = NonNullable<PieceFacts['video']>;
type Audio = NonNullable<PieceFacts['audio']>;

function video(startSeconds: number, endSeconds: number, changes: Partial<Video> = {}): Video {
  return {
    ...{ codec: 'h264', profile: 'Main', pixelFormat: 'yuv420p', width: 1280, height: 720, isTurned: false },
    ...{ frameRate: { numerator: 30, denominator: 1 }, startSeconds, endSeconds, startsWithKeyframe: true },
    ...{ hasHiddenFrames: false, configuration: 'v', ...changes },
  };
}

function audio(startSeconds: number, endSeconds: number, changes: Partial<Audio> = {}): Audio {
  return {
    ...{ codec: 'aac', profile: 'LC', channels: 2, sampleRate: 48_000, startSeconds, endSeconds },
    ...{ hasPriming: false, configuration: 'a', ...changes },
  };
}

const before: PieceBefore = { endSeconds: 5, audioEndSeconds: 5.0133, hasPicture: true };

test('a piece whose tracks lie together lasts as long as its picture, so that a long broadcast does not fall behind', () => {
  const plan = planPiece({ video: video(0, 5), audio: audio(0, 5.0133, { hasPriming: true }) }, null);
  expect(plan).toMatchObject({ picture: 'copy', sound: 'copy', startSeconds: 0, durationSeconds: 5 });
});

test('sound that was heard already is left out, and the next frame is not', () => {
  const plan = planPiece({ video: video(0, 5), audio: audio(0, 5.0133, { hasPriming: true }) }, before);
  expect(plan.startSeconds).toBe(5);
  expect(plan.soundFromSeconds).toBeGreaterThan(0);
  expect(plan.soundFromSeconds).toBeLessThan(1024 / 48_000);
});

test('a cut whose sound goes on where the last one ended is moved by less than a frame, so that no sample is lost', () => {
  const plan = planPiece({ video: video(1, 5), audio: audio(0.0053, 5.0053) }, { ...before, endSeconds: 5.0133 });
  expect(plan).toMatchObject({ picture: 'encode', sound: 'copy', holdsLastPicture: true });
  expect(plan.startSeconds + 0.0053).toBeCloseTo(5.0133, 6);
});

test('a file whose times begin anywhere begins where the last piece ended', () => {
  const plan = planPiece({ video: video(3601.4, 3606.4), audio: audio(3601.38, 3606.4) }, before);
  expect(plan).toMatchObject({ picture: 'copy', startSeconds: 5, originSeconds: 3601.4 });
  expect(plan.durationSeconds).toBeCloseTo(5, 6);
});

test.each<[string, Partial<Video>]>([
  ['another codec', { codec: 'vp8' }],
  ['a profile that not every player has', { profile: 'High 4:4:4 Predictive' }],
  ['a turned picture', { isTurned: true }],
  ['frames that an edit list hides', { hasHiddenFrames: true }],
  ['no keyframe at its beginning', { startsWithKeyframe: false }],
  ['more than full HD', { width: 3840, height: 2160 }],
  ['frames past the end of its sound', { endSeconds: 5.5 }],
])('a picture with %s is encoded, and its sound is kept', (_what, changes) => {
  expect(planPiece({ video: video(0, 5, changes), audio: audio(0, 5) }, null)).toMatchObject({
    ...{ picture: 'encode', sound: 'copy' },
  });
});

test('a track that the stream has and the piece lacks is filled; one that neither has is left out', () => {
  expect(planPiece({ audio: audio(0, 5) }, before)).toMatchObject({ picture: 'encode', holdsLastPicture: true });
  expect(planPiece({ video: video(0, 5) }, before)).toMatchObject({ sound: 'encode' });
  expect(planPiece({ audio: audio(0, 5) }, null)).toMatchObject({ picture: 'none', sound: 'copy' });
});

test('another layout is told from the same one', () => {
  const layoutOf = (facts: PieceFacts) => planPiece(facts, before).layout;
  const plain = layoutOf({ video: video(0, 5), audio: audio(0, 5) });
  expect(layoutOf({ video: video(0, 5), audio: audio(0, 5) })).toBe(plain);
  expect(layoutOf({ video: video(0, 5, { configuration: 'w' }), audio: audio(0, 5) })).not.toBe(plain);
  expect(layoutOf({ video: video(0, 5, { codec: 'vp9' }), audio: audio(0, 5) })).not.toBe(plain);
});
