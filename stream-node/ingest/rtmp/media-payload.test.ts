import { expect, test } from 'vitest';
import { inspectAudio, inspectVideo } from './media-payload';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const named = (fourCc: string, first = 0x90) =>
  Buffer.concat([Buffer.from([first]), Buffer.from(fourCc), Buffer.alloc(4)]);

test('H.264 is taken, its composition time with its sign', () => {
  expect(inspectVideo(hex('17 00 000000 01640028'))).toEqual({ kind: 'media', isConfig: true, compositionMs: 0 });
  expect(inspectVideo(hex('27 01 000050 00'))).toEqual({ kind: 'media', isConfig: false, compositionMs: 80 });
  expect(inspectVideo(hex('27 01 ffffff 00'))).toEqual({ kind: 'media', isConfig: false, compositionMs: -1 });
});

test('AAC and MP3 are taken', () => {
  expect(inspectAudio(hex('af 00 1210'))).toEqual({ kind: 'media', isConfig: true, compositionMs: 0 });
  expect(inspectAudio(hex('af 01 21'))).toEqual({ kind: 'media', isConfig: false, compositionMs: 0 });
  expect(inspectAudio(hex('2f ff fb'))).toEqual({ kind: 'media', isConfig: false, compositionMs: 0 });
});

test.each([
  [named('hvc1'), 'HEVC by enhanced RTMP is not taken yet: choose H.264 without enhanced RTMP'],
  [named('av01'), 'AV1 by enhanced RTMP is not taken yet: choose H.264 without enhanced RTMP'],
  [named('avc1'), 'H.264 by enhanced RTMP is not taken yet: choose H.264 without enhanced RTMP'],
  [named('????'), 'This codec by enhanced RTMP is not taken yet: choose H.264 without enhanced RTMP'],
  [hex('1c 01 000000 00'), 'HEVC is not taken: choose H.264'],
  [hex('12 00 000000 00'), 'Sorenson H.263 is not taken: choose H.264'],
])('a picture of another codec is refused by its name: %#', (payload, reason) => {
  expect(inspectVideo(payload)).toEqual({ kind: 'refused', reason });
});

test.each([
  [named('Opus', 0x90), 'Opus by enhanced RTMP is not taken yet: choose AAC without enhanced RTMP'],
  [hex('b2 00'), 'Speex is not taken: choose AAC'],
  [hex('00 00'), 'PCM is not taken: choose AAC'],
])('sound of another codec is refused by its name: %#', (payload, reason) => {
  expect(inspectAudio(payload)).toEqual({ kind: 'refused', reason });
});

test.each([['', '17', '57 00', '17 02 000000', '17 01']].flat())('video %j holds nothing for a decoder', (payload) => {
  expect(inspectVideo(hex(payload))).toEqual({ kind: 'empty' });
});
