import { describe, expect, test } from 'vitest';
import { MediaClock } from './media-clock';

/** A chunk of one cluster with one block at `ms` of container time. */
function chunk(sequence: number, captureTimeMs: number, ms: number) {
  const timestamp = ms.toString(16).padStart(8, '0');
  return { sequence, captureTimeMs, bytes: Buffer.from(`1f43b675ffe784${timestamp}a3858100008000`, 'hex') };
}

describe('container time on the event clock', () => {
  test('container zero is the capture time less the block time, moved by the offset of the page clock', () => {
    const clock = new MediaClock('matroska');
    clock.sample({ offsetMs: -5000, roundTripMs: 12, atMs: 0 });
    expect(clock.zeroMs()).toBeNull();
    expect(clock.chunk(chunk(0, 1_000_040, 40), 995_100)).toBe('taken');
    expect(clock.zeroMs()).toBe(995_000);
    expect(clock.lagMs(995_100)).toBe(60);
  });

  test('of all clock samples the one with the least round trip counts, until drift has made it worse', () => {
    const clock = new MediaClock('matroska');
    clock.sample({ offsetMs: 100, roundTripMs: 20, atMs: 0 });
    clock.chunk(chunk(0, 0, 0), 100);
    clock.sample({ offsetMs: 140, roundTripMs: 80, atMs: 1000 });
    expect(clock.zeroMs()).toBe(100);
    clock.sample({ offsetMs: 102, roundTripMs: 8, atMs: 2000 });
    expect(clock.zeroMs()).toBe(102);
    clock.sample({ offsetMs: 190, roundTripMs: 30, atMs: 3_600_000 });
    expect(clock.zeroMs()).toBe(190);
  });

  test('without a clock sample the arrival of the first chunk must do, and any sample is better', () => {
    const clock = new MediaClock('matroska');
    clock.chunk(chunk(0, 77, 60), 500_060);
    expect(clock.zeroMs()).toBe(500_000);
    clock.sample({ offsetMs: 499_900, roundTripMs: 900, atMs: 500_100 });
    expect(clock.zeroMs()).toBe(499_917);
  });

  test('an encoder that cannot keep up shows as growing lag', () => {
    const clock = new MediaClock('matroska');
    clock.sample({ offsetMs: 0, roundTripMs: 1, atMs: 0 });
    clock.chunk(chunk(0, 1000, 0), 1100);
    clock.chunk(chunk(1, 2000, 1000), 5000);
    expect(clock.lagMs(5000)).toBe(3000);
  });

  test('times no live recorder can have are refused: a late beginning, a leap ahead', () => {
    expect(new MediaClock('matroska').chunk(chunk(0, 0, 31_000), 31_000)).toBe('bad_media');
    const clock = new MediaClock('matroska');
    clock.sample({ offsetMs: 0, roundTripMs: 1, atMs: 0 });
    expect(clock.chunk(chunk(0, 1000, 0), 1000)).toBe('taken');
    expect(clock.chunk(chunk(1, 3_601_000, 3_600_000), 2000)).toBe('bad_media');
  });

  test('a container time of years is refused, though the capture time agrees: the clock would be put beyond any date', () => {
    const clock = new MediaClock('matroska');
    expect(clock.chunk(chunk(0, 1000, 0), 1000)).toBe('taken');
    const ticks = Buffer.from('1f43b675ffe788ffffffffffffffffa38581000a8000', 'hex');
    expect(clock.chunk({ sequence: 1, captureTimeMs: 2000, bytes: ticks }, 2000)).toBe('bad_media');
  });

  test('an mp4 has its zero from the first capture time, and no lag', () => {
    const clock = new MediaClock('mp4');
    clock.sample({ offsetMs: 10, roundTripMs: 1, atMs: 0 });
    clock.chunk({ sequence: 0, captureTimeMs: 1000, bytes: Buffer.alloc(10) }, 1100);
    clock.chunk({ sequence: 1, captureTimeMs: 2000, bytes: Buffer.alloc(10) }, 2100);
    expect(clock.zeroMs()).toBe(1010);
    expect(clock.lagMs(2100)).toBeNull();
  });
});
