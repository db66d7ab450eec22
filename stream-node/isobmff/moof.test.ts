import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readMoof } from './moof';
import { audioMoof, videoMoof } from './test-media';

const trex = { trackId: 1, durationTicks: 0, sizeBytes: 0, flags: 0 };

test('moof of video: decode time, duration, keyframe', () => {
  expect(readMoof(boxFromHex(videoMoof), trex)).toEqual({
    decodeTimeTicks: 90_000,
    durationTicks: 30_000,
    startsWithKeyframe: true,
    sampleCount: 10,
    mediaBytes: 7102,
  });
});

test('moof of audio: every frame is a keyframe', () => {
  expect(readMoof(boxFromHex(audioMoof), trex)).toEqual({
    decodeTimeTicks: 46_976,
    durationTicks: 16 * 1024,
    startsWithKeyframe: true,
    sampleCount: 16,
    mediaBytes: 2906,
  });
});

test('moof without first-sample flags is no keyframe', () => {
  const inter = videoMoof.replace('02000000', '01010000');
  expect(readMoof(boxFromHex(inter), trex).startsWithKeyframe).toBe(false);
});

test('moof falls back to trex', () => {
  const moof = boxFromHex(
    '00000048 6d6f6f66 00000040 74726166 00000010 74666864 00020000 00000001 ' +
      '00000014 74666474 01000000 0000000000000400 00000014 7472756e 00000001 00000003 00000050',
  );
  const defaults = { trackId: 1, durationTicks: 512, sizeBytes: 10, flags: 0x10000 };
  expect(readMoof(moof, defaults)).toEqual({
    decodeTimeTicks: 1024,
    durationTicks: 1536,
    startsWithKeyframe: false,
    sampleCount: 3,
    mediaBytes: 30,
  });
});

test('moof of another track is refused', () => {
  expect(() => readMoof(boxFromHex(videoMoof), { ...trex, trackId: 2 })).toThrow(
    'tfhd: track 1, but the moov declares 2',
  );
});

test('moof whose samples last no time is refused', () => {
  const timeless = audioMoof.replace('00000400', '00000000');
  expect(() => readMoof(boxFromHex(timeless), trex)).toThrow('trun: samples have no duration');
});

test('moof whose runs claim endless samples in a few bytes is refused before they are all made', () => {
  const run = '0000001074 72756e 00000000 00002710';
  const traf = `00000010 74666864 00020000 00000001 00000014 74666474 01000000 0000000000000400 ${run.repeat(400)}`;
  const bytes = 8 + 0x10 + 0x14 + 400 * 0x10;
  const size = (count: number) => count.toString(16).padStart(8, '0');
  const moof = boxFromHex(`${size(8 + bytes)} 6d6f6f66 ${size(bytes)} 74726166 ${traf}`);
  expect(() => readMoof(moof, { trackId: 1, durationTicks: 1, sizeBytes: 0, flags: 0 })).toThrow(
    'traf: more than 10000 samples',
  );
});
