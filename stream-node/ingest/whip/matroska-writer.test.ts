import { expect, test } from 'vitest';
import { MatroskaClock } from '../matroska-clock';
import { type MatroskaBlock, MatroskaWriter } from './matroska-writer';

const video = { codec: 'vp8', width: 320, height: 180, description: null } as const;
const block = (kind: MatroskaBlock['kind'], timeMs: number, isKeyframe: boolean): MatroskaBlock => ({
  ...{ kind, timeMs, isKeyframe },
  bytes: Buffer.alloc(5, timeMs & 0xff),
});

test('a keyframe begins a cluster, where reading can begin; sound a little older than it may follow', () => {
  const writer = new MatroskaWriter({ video, hasAudio: true });
  const clock = new MatroskaClock();
  const head = writer.head();
  expect(clock.feed(head).firstMs).toBeNull();
  const first = writer.block(block('video', 0, true));
  expect(clock.feed(first)).toEqual({
    firstMs: 0,
    newestMs: 0,
    entryPoints: [{ timeMs: 0, byteOffset: head.byteLength }],
  });
  expect(clock.headBytes).toBe(head.byteLength);
  const between = [block('audio', 20, true), block('video', 33, false)].map((item) => writer.block(item));
  expect(between.map((bytes) => clock.feed(bytes))).toMatchObject([
    { firstMs: 20, entryPoints: [] },
    { firstMs: 33, entryPoints: [] },
  ]);
  const byteOffset = Buffer.concat([head, first, ...between]).byteLength;
  expect(clock.feed(writer.block(block('video', 1000, true))).entryPoints).toEqual([{ timeMs: 1000, byteOffset }]);
  expect(clock.feed(writer.block(block('audio', 980, true)))).toMatchObject({ firstMs: 980, newestMs: 1000 });
});

test('a block’s time always fits into its cluster, however long no keyframe comes, and forward and back', () => {
  const writer = new MatroskaWriter({ video, hasAudio: true });
  const clock = new MatroskaClock();
  clock.feed(writer.head());
  for (const timeMs of [0, 9999, 10_000, 100_000, 60_000, 3_600_000]) {
    expect(clock.feed(writer.block(block('video', timeMs, false))).firstMs).toBe(timeMs);
  }
});

test('sound alone can be read from each second on', () => {
  const writer = new MatroskaWriter({ video: null, hasAudio: true });
  const clock = new MatroskaClock();
  clock.feed(writer.head());
  const times = Array.from({ length: 150 }, (_, index) => index * 20);
  const entries = times.flatMap((timeMs) => clock.feed(writer.block(block('audio', timeMs, true))).entryPoints);
  expect(entries.map(({ timeMs }) => timeMs)).toEqual([0, 1000, 2000]);
});
