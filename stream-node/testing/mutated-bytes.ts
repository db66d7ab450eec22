import fc from 'fast-check';

/** A changed byte is one of these as often as any other: they end numbers, lengths and markers. */
const telling = [0, 1, 2, 3, 0x7f, 0x80, 0xc3, 0xc4, 0xfe, 0xff];
/** What a repetition doubles, in bytes: a box header, an element, an attribute. */
const repeatedBytes = 16;
const mutationsMax = 8;

/**
 * For fuzz tests: `original` with up to eight bytes changed, put in or left out, stretches doubled, or its end cut off. Each
 * input is drawn by one number, which costs a hundredth of an arbitrary for every byte; there is nothing to shrink.
 */
export function mutatedBytes(original: Buffer): fc.Arbitrary<Buffer> {
  return fc.noShrink(fc.noBias(fc.integer())).map((seed) => {
    const below = randomBelow(seed);
    const count = 1 + below(mutationsMax);
    let bytes = original;
    for (let done = 0; done < count; done += 1) {
      bytes = mutate(bytes, below);
    }
    return bytes;
  });
}

function mutate(bytes: Buffer, below: (bound: number) => number): Buffer {
  const index = below(bytes.byteLength + 1);
  const [before, after] = [bytes.subarray(0, index), bytes.subarray(index)];
  const byte = Buffer.of(below(2) === 0 ? (telling[below(telling.length)] ?? 0) : below(256));
  switch (below(8)) {
    case 0:
      return Buffer.concat([before, byte, after]);
    case 1:
      return Buffer.concat([before, after.subarray(1)]);
    case 2:
      return Buffer.concat([before, after.subarray(0, repeatedBytes), after]);
    case 3:
      return before;
    default:
      return Buffer.concat([before, byte, after.subarray(1)]);
  }
}

/** Whole numbers below a bound, all drawn from one seed (mulberry32). */
function randomBelow(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/**
 * For fuzz tests: `bytes` in up to `slicesMax` slices, some of them empty, cut at places drawn from a seed.
 */
export function slicesOf(bytes: Buffer, seed: number, slicesMax = 8): Buffer[] {
  const below = randomBelow(seed);
  const ends = Array.from({ length: below(slicesMax) }, () => below(bytes.byteLength + 1)).sort((a, b) => a - b);
  const bounds = [0, ...ends, bytes.byteLength];
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

/** For fuzz tests: a seed for {@link slicesOf}. */
export const sliceSeed = fc.noShrink(fc.noBias(fc.integer()));
