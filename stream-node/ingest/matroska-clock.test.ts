import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeTestMedia } from '../transcode/test-media';
import { MatroskaClock } from './matroska-clock';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let webm: Buffer;
beforeAll(async () => {
  webm = await makeTestMedia({ video: { codec: 'libvpx', size: '64x36', rate: '25' }, audio: true, seconds: 2 });
});

function cluster(timestamp: string, ...blocks: string[]): Buffer {
  return Buffer.from(`1f43b675ffe784${timestamp}${blocks.join('')}`, 'hex');
}

describe('the container time of a recorder', () => {
  test('is read from a whole file: first block about 0, newest the last block', () => {
    const times = new MatroskaClock().feed(webm);
    expect(Math.abs(times.firstMs ?? 99)).toBeLessThan(10);
    expect(times.newestMs).toBeGreaterThan(1950);
    expect(times.newestMs).toBeLessThan(2010);
  });

  test('is the same whatever the sizes of the pieces', () => {
    const expected = new MatroskaClock().feed(webm).newestMs;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const clock = new MatroskaClock();
        let newestMs: number | null = null;
        for (let offset = 0, index = 0; offset < webm.byteLength; index += 1) {
          const size = sizes[index % sizes.length] ?? 1;
          newestMs = clock.feed(webm.subarray(offset, offset + size)).newestMs;
          offset += size;
        }
        expect(newestMs).toBe(expected);
      }),
      { numRuns: 25 },
    );
  });

  test('adds the block to its cluster, in the scale of the segment, and tells the first block of each piece', () => {
    const clock = new MatroskaClock();
    // Info with a timestamp scale of 100 µs, then a cluster at 5000 ticks with blocks at +10 and -20 ticks.
    const info = Buffer.from('18538067ff1549a966872ad7b1830186a0', 'hex');
    const blocks = cluster('00001388', 'a38581000a8000', 'a38581ffec8000');
    expect(clock.feed(Buffer.concat([info, blocks]))).toMatchObject({ firstMs: 501, newestMs: 501 });
    expect(clock.feed(cluster('00001770', 'a0', '87', 'a1858100008000'))).toMatchObject({
      firstMs: 600,
      newestMs: 600,
    });
    expect(clock.feed(Buffer.alloc(0))).toMatchObject({ firstMs: null, newestMs: 600 });
  });

  test('garbage is survived, and read no further', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (first, second) => {
        const clock = new MatroskaClock();
        clock.feed(first);
        clock.feed(second);
      }),
    );
    const clock = new MatroskaClock();
    expect(clock.feed(Buffer.alloc(100))).toMatchObject({ firstMs: null, newestMs: null });
    expect(clock.feed(cluster('00001388', 'a38581000a8000'))).toMatchObject({ firstMs: null, newestMs: null });
  });
});
