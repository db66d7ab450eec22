import { expect, test } from 'vitest';
import { MatroskaRetimer } from '../matroska-retimer';
import type { EncodedSample } from './encoded-sample';
import { MatroskaWriter } from './matroska-writer';

const picture = (timestampMs: number, isKey: boolean): EncodedSample => ({
  ...{ kind: 'video', timestampMs, isKey, durationMs: 33, bytes: new Uint8Array(1000).fill(7) },
  ...(timestampMs === 0 && {
    decoderConfig: { codec: 'avc1.42E01F', codedWidth: 640, codedHeight: 360, description: new Uint8Array([1, 66]) },
  }),
});
const sound = (timestampMs: number): EncodedSample => ({
  ...{ kind: 'audio', timestampMs, isKey: true, durationMs: 20, bytes: new Uint8Array(80).fill(9) },
  ...(timestampMs === 0 && {
    decoderConfig: { codec: 'opus', sampleRate: 48_000, numberOfChannels: 1, description: new Uint8Array(19) },
  }),
});
const clusterId = '1f43b675';
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('each sample goes out at once, at its own time, whatever the other track does', () => {
  const writer = new MatroskaWriter('avc');
  const reader = new MatroskaRetimer();
  const blocksOf = (sample: EncodedSample) => {
    writer.write(sample, sample.timestampMs);
    return reader.push(writer.take()).blocks;
  };
  expect(blocksOf(picture(0, true))).toEqual([]);
  expect(blocksOf(sound(0))).toEqual([
    { kind: 'video', timeMs: 0 },
    { kind: 'audio', timeMs: 0 },
  ]);
  for (const timeMs of [20, 40, 60]) {
    expect(blocksOf(sound(timeMs))).toEqual([{ kind: 'audio', timeMs }]);
  }
  expect(blocksOf(picture(33, false))).toEqual([{ kind: 'video', timeMs: 33 }]);
  expect(blocksOf(picture(1000, true))).toEqual([{ kind: 'video', timeMs: 1000 }]);
  expect(blocksOf(sound(980))).toEqual([{ kind: 'audio', timeMs: 980 }]);
});

test('a cluster begins with each keyframe, and where there is no picture with each second', () => {
  const clustersOf = (hasVideo: boolean, samples: EncodedSample[]) => {
    const writer = new MatroskaWriter(hasVideo ? 'avc' : null);
    return samples.map((sample) => {
      writer.write(sample, sample.timestampMs);
      return hex(writer.take()).split(clusterId).length - 1;
    });
  };
  const samples = [sound(0), picture(0, true), picture(33, false), sound(20), picture(1000, true), sound(990)];
  // The sound that came first has a cluster of its own.
  expect(clustersOf(true, samples)).toEqual([0, 2, 0, 0, 1, 0]);
  expect(clustersOf(false, [sound(0), sound(980), sound(1000), sound(1020)])).toEqual([1, 0, 1, 0]);
});
