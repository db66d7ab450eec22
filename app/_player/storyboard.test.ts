import { expect, test } from 'vitest';
import { readStoryboard, tileAt } from './storyboard';

const zeroMs = Date.parse('2026-11-21T10:00:00.000Z');
const text = `WEBVTT

NOTE zero is 2026-11-21T10:00:00.000Z

00:00:00.000 --> 00:00:10.000
storyboard-a-0-25.jpg#xywh=0,0,160,90

01:00:10.000 --> 01:00:30.500
storyboard-a-1-3.jpg#xywh=320,90,160,90
`;
const tiles = readStoryboard(text, 'http://node/stream/str_1/~grant/storyboard.vtt');

test('a storyboard is read onto the event clock, its sheets beside it', () => {
  expect(tiles).toEqual([
    {
      ...{ startMs: zeroMs, endMs: zeroMs + 10_000, url: 'http://node/stream/str_1/~grant/storyboard-a-0-25.jpg' },
      ...{ x: 0, y: 0, width: 160, height: 90 },
    },
    {
      ...{ startMs: zeroMs + 3_610_000, endMs: zeroMs + 3_630_500 },
      ...{ url: 'http://node/stream/str_1/~grant/storyboard-a-1-3.jpg', x: 320, y: 90, width: 160, height: 90 },
    },
  ]);
  expect(readStoryboard('{"code":"not_found"}', 'http://node/')).toEqual([]);
});

test('a moment has the picture of its stretch, and none over a break or before the first', () => {
  expect(tileAt(tiles, zeroMs + 9_999)?.x).toBe(0);
  expect(tileAt(tiles, zeroMs + 10_000)).toBeUndefined();
  expect(tileAt(tiles, zeroMs + 3_620_000)?.x).toBe(320);
  expect(tileAt(tiles, zeroMs - 1)).toBeUndefined();
  expect(tileAt([], zeroMs)).toBeUndefined();
});
