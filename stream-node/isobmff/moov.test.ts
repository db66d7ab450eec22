import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readMoov } from './moov';
import { audioMoov, videoMoov } from './test-media';

test('moov of a video track, as ffmpeg writes it', () => {
  expect(readMoov(boxFromHex(videoMoov))).toEqual({
    track: { kind: 'video', timescale: 90_000, codec: 'avc1.4d400b', width: 160, height: 90 },
    trex: { trackId: 1, durationTicks: 0, sizeBytes: 0, flags: 0 },
  });
});

test('moov of an audio track, as ffmpeg writes it', () => {
  expect(readMoov(boxFromHex(audioMoov)).track).toEqual({
    kind: 'audio',
    timescale: 48_000,
    codec: 'mp4a.40.2',
    sampleRate: 48_000,
    channels: 1,
  });
});

test('moov of another kind of track is refused', () => {
  const subtitles = videoMoov.replace('76696465', '74657874');
  expect(() => readMoov(boxFromHex(subtitles))).toThrow('hdlr: track of type text is neither video nor audio');
});

test('moov without mvex is not fragmented, and refused', () => {
  const plain = videoMoov.replace('6d766578', '66726565');
  expect(() => readMoov(boxFromHex(plain))).toThrow('moov: one mvex expected, 0 found');
});
