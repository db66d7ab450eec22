import { expect, test } from 'vitest';
import { planLadder } from './ladder';

const frameRate = { numerator: 30, denominator: 1 };
const ladderOf = (width: number, height: number) =>
  planLadder({ width, height, frameRate }).map((rung) => `${rung.id} ${rung.width}x${rung.height} ${rung.bitrate}`);

test('a 1080p source gets the three standard rungs', () => {
  expect(ladderOf(1920, 1080)).toEqual(['720p 1280x720 2500000', '480p 854x480 1200000', '360p 640x360 700000']);
});

test('a portrait source is measured by its shorter side', () => {
  expect(ladderOf(720, 1280)).toEqual(['720p 720x1280 2500000', '480p 480x854 1200000', '360p 360x640 700000']);
});

test('a small source gets lower rungs and is never scaled up', () => {
  expect(ladderOf(640, 360)).toEqual(['360p 640x360 700000', '240p 426x240 350000']);
  expect(ladderOf(426, 240)).toEqual(['240p 426x240 350000', '144p 256x144 150000']);
  expect(ladderOf(160, 90)).toEqual(['90p 160x90 150000']);
});

test('odd sides become even, as 4:2:0 asks', () => {
  for (const rung of planLadder({ width: 853, height: 481, frameRate })) {
    expect(rung.width % 2).toBe(0);
    expect(rung.height % 2).toBe(0);
  }
});
