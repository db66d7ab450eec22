import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { chunkBytesMax, decodeChunk, encodeChunk, PublisherMessage } from '../contract/ingest-protocol';
import { fuzzRuns, fuzzTimeoutMs } from '../testing/fuzz-runs';
import { mutatedBytes, sliceSeed, slicesOf } from '../testing/mutated-bytes';
import { FlvClock } from './flv-clock';
import { MatroskaClock } from './matroska-clock';
import { MediaClock } from './media-clock';
import { parsePublisherMessage } from './publisher-message';
import { encodeFlvHeader, encodeFlvTag } from './rtmp/flv-tag';
import { MatroskaWriter } from './whip/matroska-writer';

// What a publisher sends, with bytes changed, left out, put in, doubled and cut off: each reader takes it or says no, and
// throws nothing.

vi.setConfig({ testTimeout: fuzzTimeoutMs });

const writer = new MatroskaWriter({
  video: { codec: 'vp8', width: 320, height: 180, description: null },
  hasAudio: true,
});
const block = (kind: 'audio' | 'video', timeMs: number, isKeyframe: boolean) =>
  writer.block({ kind, timeMs, isKeyframe, bytes: Buffer.alloc(24, timeMs) });
const written = Buffer.concat([
  writer.head(),
  ...[block('video', 0, true), block('audio', 0, true), block('video', 33, false), block('audio', 20, true)],
  ...[block('video', 1000, true), block('video', 1033, false)],
  // A block group, and a timestamp scale of 100 µs with a cluster of its own, as other writers have them.
  Buffer.from('a087a1858100008000', 'hex'),
  Buffer.from('1549a966872ad7b1830186a01f43b675ffe78400001388a38581000a8000a38581ffec8000', 'hex'),
]);
const container = fc.oneof(mutatedBytes(written), mutatedBytes(Buffer.alloc(60, 0xff)));

test('Matroska: times and entry points are the same however it is sliced, and none lies beyond what was read', () => {
  fc.assert(
    fc.property(container, sliceSeed, (bytes, seed) => {
      const whole = new MatroskaClock();
      const { newestMs, entryPoints } = whole.feed(bytes);
      const sliced = new MatroskaClock();
      const pieces = slicesOf(bytes, seed).map((slice) => sliced.feed(slice));
      const slicedEntries = pieces.flatMap((each) => each.entryPoints);
      return (
        pieces.at(-1)?.newestMs === newestMs &&
        JSON.stringify(slicedEntries) === JSON.stringify(entryPoints) &&
        sliced.headBytes === whole.headBytes &&
        (newestMs === null || Number.isFinite(newestMs)) &&
        entryPoints.every(({ byteOffset }) => byteOffset >= 0 && byteOffset < bytes.byteLength)
      );
    }),
    fuzzRuns,
  );
});

test('the clock of a recorder: what it takes can be dated, and is not ahead of now, whatever the page says', () => {
  const nowMs = 1_700_000_000_000;
  const pageTimes = fc.oneof(fc.constantFrom(nowMs, 0, -1e13, 1e13), fc.double({ min: -1e13, max: 1e13, noNaN: true }));
  fc.assert(
    fc.property(container, sliceSeed, pageTimes, pageTimes, (bytes, seed, captureTimeMs, offsetMs) => {
      const clock = new MediaClock('matroska');
      clock.sample({ offsetMs, roundTripMs: 1, atMs: nowMs });
      for (const [sequence, slice] of slicesOf(bytes, seed).entries()) {
        if (clock.chunk({ sequence, captureTimeMs, bytes: slice }, nowMs) === 'bad_media') {
          return true;
        }
      }
      const zeroMs = clock.zeroMs() ?? Number.NaN;
      return !Number.isNaN(new Date(zeroMs).getTime()) && (clock.lagMs(nowMs) ?? 0) >= -30_000;
    }),
    fuzzRuns,
  );
});

test('FLV of a journal', () => {
  const payloads = { video: Buffer.from('17010000000a0b0c', 'hex'), audio: Buffer.from('af01210a', 'hex') };
  const tags = fc.oneof(
    mutatedBytes(encodeFlvHeader({ hasVideo: true, hasAudio: true })),
    mutatedBytes(encodeFlvTag({ kind: 'video', timestampMs: 40, payload: payloads.video })),
    mutatedBytes(encodeFlvTag({ kind: 'audio', timestampMs: 0xffffffff, payload: payloads.audio })),
  );
  fc.assert(
    fc.property(fc.tuple(tags, tags, tags), (chunks) => {
      const clock = new FlvClock();
      let sentBytes = 0;
      for (const [sequence, bytes] of chunks.entries()) {
        clock.chunk({ sequence, captureTimeMs: 1_700_000_000_000 + sequence, bytes });
        sentBytes += bytes.byteLength;
        if (clock.entryPoints.some(({ byteOffset }) => byteOffset >= sentBytes)) {
          return false;
        }
      }
      clock.conclude();
      return clock.headBytes <= sentBytes && Number.isFinite(clock.zeroMs() ?? 0);
    }),
    fuzzRuns,
  );
});

test('binary frames: a chunk is a view of the frame, or the frame is refused by name', () => {
  const frame = Buffer.from(encodeChunk({ sequence: 7, captureTimeMs: 1.5, bytes: Buffer.from('media') }));
  fc.assert(
    fc.property(fc.oneof(mutatedBytes(frame), mutatedBytes(Buffer.alloc(20))), (bytes) => {
      const chunk = decodeChunk(bytes);
      if (typeof chunk === 'string') {
        return chunk === 'bad_message';
      }
      return (
        chunk.bytes.buffer === bytes.buffer &&
        chunk.bytes.byteLength < bytes.byteLength &&
        Math.abs(chunk.captureTimeMs) <= 1e13
      );
    }),
    fuzzRuns,
  );
  expect(decodeChunk(encodeChunk({ sequence: 0, captureTimeMs: 0, bytes: Buffer.alloc(chunkBytesMax + 1) }))).toBe(
    'chunk_too_large',
  );
});

const messages = [
  {
    ...{ type: 'hello', streamId: 'str_fuzzing234', recorderSession: 'rec_fuzzing234', grant: 'a.b.c' },
    ...{ mime: 'video/webm', container: 'matroska', hasVideo: true, hasAudio: false },
    hint: { width: 640, height: 360, frameRate: { numerator: 30_000, denominator: 1001 } },
  },
  { type: 'ping', sentAtMs: 1.5 },
  { type: 'clock', offsetMs: -3, roundTripMs: 20 },
  { type: 'finish', lastSequence: 12 },
].map((message) => mutatedBytes(Buffer.from(JSON.stringify(message))));

test('text frames: a message of the protocol, or which field breaks which rule', () => {
  fc.assert(
    fc.property(fc.oneof(...messages), (frame) => {
      const message = parsePublisherMessage(frame);
      return typeof message === 'string'
        ? message.length > 0 && message.length < 1000
        : PublisherMessage.safeParse(message).success;
    }),
    fuzzRuns,
  );
});
