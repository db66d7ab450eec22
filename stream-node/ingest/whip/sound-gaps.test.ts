import { expect, test } from 'vitest';
import { SoundGaps } from './sound-gaps';

/** 20 ms of CELT in a packet of one frame */
const packet = (timestamp: number) => ({ timestamp, durationMs: 20, bytes: Buffer.from([0xfc, 1, 2]) });
const empty = (timestamp: number) => ({ timestamp, durationMs: 20, bytes: Buffer.from([0xfc]) });

test('packets that follow each other are left alone, over the edge of 2^32 too', () => {
  const gaps = new SoundGaps();
  for (const timestamp of [0xfffffc40, 0, 960]) {
    expect(gaps.filled(packet(timestamp))).toEqual([packet(timestamp)]);
  }
});

test('each lost packet is one without content', () => {
  const gaps = new SoundGaps();
  gaps.filled(packet(0xfffffc40));
  expect(gaps.filled(packet(1920))).toEqual([empty(0), empty(960), packet(1920)]);
});

test('a packet of two frames is followed by frames, and a part of one is left out', () => {
  const gaps = new SoundGaps();
  gaps.filled({ timestamp: 0, durationMs: 40, bytes: Buffer.from([0xfd, 1, 2]) });
  expect(gaps.filled(packet(1920 + 960 + 100))).toEqual([empty(1920), packet(2980)]);
});

test('a long gap, and time that runs backwards, are not filled', () => {
  const gaps = new SoundGaps();
  gaps.filled(packet(48_000));
  expect(gaps.filled(packet(48_000 * 2))).toHaveLength(1);
  expect(gaps.filled(packet(0))).toHaveLength(1);
});
