import { describe, expect, test } from 'vitest';
import { EncoderClock } from './encoder-clock';

function setUp() {
  let nowMs = 1_000_000;
  const clock = { nowMs: () => nowMs };
  const encoder = new EncoderClock(clock);
  const arrive = (timestampMs: number, atMs: number) => {
    nowMs = atMs;
    const timeMs = encoder.containerMs(timestampMs);
    if (typeof timeMs === 'number') {
      encoder.frame(timeMs);
    }
    return timeMs;
  };
  return { encoder, arrive };
}

describe('the event time of an encoder’s zero', () => {
  test('is told by the frame that was least delayed', () => {
    const { encoder, arrive } = setUp();
    arrive(5000, 1_000_400);
    arrive(5033, 1_000_083);
    arrive(5066, 1_000_266);
    expect(encoder.zeroMs()).toBeCloseTo(1_000_050, 0);
  });

  test('follows a clock that runs slow, 100 parts per million at most', () => {
    const { encoder, arrive } = setUp();
    arrive(0, 1_000_000);
    // After 100 s the encoder's clock has lost 5 ms.
    arrive(99_995, 1_100_000);
    expect(encoder.zeroMs()).toBeCloseTo(1_000_005, 3);
  });

  test('is settled only after the first 300 ms', () => {
    const { encoder, arrive } = setUp();
    arrive(0, 1_000_000);
    expect(encoder.isSettled).toBe(false);
    arrive(300, 1_000_300);
    expect(encoder.isSettled).toBe(true);
  });
});

describe('container time', () => {
  test('begins at zero and goes on over the edge of 2^32', () => {
    const { arrive } = setUp();
    expect([arrive(0xfffffff0, 1_000_000), arrive(0x10, 1_000_032)]).toEqual([0, 32]);
  });

  test('is not before zero for a track that begins a little earlier', () => {
    const { arrive } = setUp();
    expect([arrive(100, 1_000_000), arrive(77, 1_000_001), arrive(133, 1_000_033)]).toEqual([0, 0, 33]);
  });

  test('that runs back or far ahead of the clock is refused in words', () => {
    const { arrive } = setUp();
    arrive(0, 1_000_000);
    arrive(20_000, 1_020_000);
    expect(arrive(10_000, 1_020_033)).toMatch(/backwards/);
    expect(arrive(60_000, 1_020_066)).toMatch(/ahead of the clock/);
  });
});
