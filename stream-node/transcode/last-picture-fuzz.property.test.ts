import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { MatroskaClock } from '../ingest/matroska-clock';
import { MatroskaWriter } from '../ingest/whip/matroska-writer';
import { fuzzRuns, fuzzTimeoutMs } from '../testing/fuzz-runs';
import { mutatedBytes, sliceSeed, slicesOf } from '../testing/mutated-bytes';
import { LastPicture } from './last-picture';

vi.setConfig({ testTimeout: fuzzTimeoutMs });

const frameRate = { numerator: 30, denominator: 1 };
const writer = new MatroskaWriter({
  video: { codec: 'vp8', width: 320, height: 180, description: null },
  hasAudio: true,
});
const block = (timeMs: number) =>
  writer.block({ kind: 'video', timeMs, isKeyframe: timeMs === 0, bytes: Buffer.alloc(9, timeMs) });
const media = [block(0), block(33)];
const recorded = Buffer.concat([writer.head(), ...media]);
/** DefaultDuration (23 E3 83), four bytes: 34,000,000 ns. */
const stated = Buffer.from('23e383100000040206cc80', 'hex');

function passed(slices: readonly Buffer[]): Buffer {
  const lastPicture = new LastPicture(frameRate);
  return Buffer.concat([...slices.map((slice) => lastPicture.push(slice)), lastPicture.end()]);
}

test('the track of the picture says how long one lasts, once, and the media behind the head is untouched', () => {
  const once = passed([recorded]);
  expect(once.includes(stated)).toBe(true);
  expect(once.byteLength - once.indexOf(media[0] ?? '')).toBe(Buffer.concat(media).byteLength);
  expect(new MatroskaClock().feed(once)).toMatchObject({ newestMs: 33 });
  expect(passed([once])).toEqual(once);
});

test('a damaged head: the same however it is sliced, nothing thrown, and no more than was sent and what is stated', () => {
  fc.assert(
    fc.property(fc.oneof(mutatedBytes(recorded), mutatedBytes(writer.head())), sliceSeed, (bytes, seed) => {
      const whole = passed([bytes]);
      return passed(slicesOf(bytes, seed)).equals(whole) && whole.byteLength <= 2 * bytes.byteLength + 64;
    }),
    fuzzRuns,
  );
});
