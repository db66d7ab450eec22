import { loadImage } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import { drawShareImage, shareImageBytesMax } from './draw-share-image';
import { eventOf, streamOf } from './share-fixture';
import { drawableText } from './share-fonts';
import { eventPicture, type SharePicture, streamPicture } from './share-picture';

const now = new Date('2026-11-21T19:00:00Z');
const long = 'A very long name of a championship between two teams that nobody can pronounce '.repeat(3);

const pictures: [string, SharePicture][] = [
  ['a live stream', streamPicture(streamOf(), eventOf())],
  ['a stream that ended', streamPicture(streamOf({ state: 'ended', endedAt: now }), eventOf())],
  [
    'an event with many voices',
    eventPicture(
      eventOf(),
      Array.from({ length: 9 }, () => streamOf()),
      now,
    ),
  ],
  ['an event before anyone is on air', eventPicture(eventOf(), [], now)],
  ['names that are far too long', streamPicture(streamOf({ name: long }), eventOf({ name: long }))],
  ['one word that is wider than the board', eventPicture(eventOf({ name: 'W'.repeat(120) }), [], now)],
  ['Devanagari', eventPicture(eventOf({ name: 'नेपाल विरुद्ध केन्या: त्रिकोणात्मक प्रतियोगिता' }), [streamOf()], now)],
  ['scripts without a font, and emoji', eventPicture(eventOf({ name: '日本 🏏 🏏' }), [], now)],
  ['markup', eventPicture(eventOf({ name: '<svg onload=alert(1)>' }), [], now)],
];

test.each(pictures)('%s gives a 1200 × 630 JPEG of at most 300 KB', async (_what, picture) => {
  const jpeg = await drawShareImage(picture);
  expect(jpeg.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(jpeg.byteLength).toBeLessThanOrEqual(shareImageBytesMax);
  const { width, height } = await loadImage(jpeg);
  expect([width, height]).toEqual([1200, 630]);
});

test('red is worn only while live', () => {
  expect(streamPicture(streamOf(), eventOf()).isLive).toBe(true);
  for (const state of ['created', 'connecting', 'interrupted', 'paused', 'parked', 'ended', 'failed'] as const) {
    expect(streamPicture(streamOf({ state }), eventOf()).isLive).toBe(false);
  }
});

test('text keeps what the fonts can draw', () => {
  expect(drawableText('Nepal v Kenya 🏏 (T20)')).toBe('Nepal v Kenya (T20)');
  expect(drawableText('क्षत्रिय Łódź Жук')).toBe('क्षत्रिय Łódź Жук');
  expect(drawableText('日本 🏏 -')).toBe('');
});
