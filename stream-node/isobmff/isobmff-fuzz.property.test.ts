import fc from 'fast-check';
import { test, vi } from 'vitest';
import { fuzzRuns, fuzzTimeoutMs } from '../testing/fuzz-runs';
import { mutatedBytes, sliceSeed, slicesOf } from '../testing/mutated-bytes';
import { FragmentReader, type InitFragment, type MediaFragment } from './fragment-reader';
import { MalformedBox } from './malformed-box';
import { audioMoof, audioMoov, ftyp, mdat, videoMoof, videoMoov } from './test-media';

// What ffmpeg puts out, with bytes changed, left out, put in, doubled and cut off. The reader gives what it can, or refuses
// with MalformedBox; it throws nothing else, does not hang, and hands out no more than it was given.

vi.setConfig({ testTimeout: fuzzTimeoutMs });

const hex = (text: string) => Buffer.from(text, 'hex');
const whole = (bytes: Buffer) => fc.constant(bytes);
/** The heads are mutated, and the media between them is not: no reader looks into it. */
const files = [
  { init: hex(ftyp + videoMoov), moof: hex(videoMoof), media: mdat(7102) },
  { init: hex(ftyp + audioMoov), moof: hex(audioMoof), media: mdat(2906) },
].map(({ init, moof, media }) =>
  fc
    .oneof(
      fc.tuple(mutatedBytes(init), whole(moof), whole(moof)),
      fc.tuple(whole(init), mutatedBytes(moof), whole(moof)),
      fc.tuple(whole(init), whole(moof), mutatedBytes(moof)),
    )
    .map(([head, first, second]) => Buffer.concat([head, first, media, second, media])),
);

/** What a reader makes of the slices, and what it says at last. */
function read(slices: readonly Buffer[]) {
  const reader = new FragmentReader();
  const found: (InitFragment | MediaFragment)[] = [];
  try {
    for (const slice of slices) {
      found.push(...reader.push(slice));
    }
    reader.end();
    return { found, refusal: null };
  } catch (error) {
    if (!(error instanceof MalformedBox)) {
      throw error;
    }
    return { found, refusal: error.message };
  }
}

test('fragmented MP4', () => {
  fc.assert(
    fc.property(fc.oneof(...files), (bytes) => {
      const { found } = read([bytes]);
      const foundBytes = found.reduce((sum, each) => sum + each.bytes.byteLength, 0);
      const durations = found.flatMap((each) =>
        each.kind === 'fragment' ? [each.durationTicks, each.sampleCount] : [],
      );
      return foundBytes <= bytes.byteLength && durations.every((value) => Number.isSafeInteger(value) && value > 0);
    }),
    fuzzRuns,
  );
});

test('fragmented MP4 in slices: the same is refused for the same reason, and at most as late', () => {
  fc.assert(
    fc.property(fc.oneof(...files), sliceSeed, (bytes, seed) => {
      const inOne = read([bytes]);
      const sliced = read(slicesOf(bytes, seed));
      return sliced.refusal === inOne.refusal && sliced.found.length >= inOne.found.length;
    }),
    fuzzRuns,
  );
});
