import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boxBytesMax, FragmentReader } from './fragment-reader';
import { MalformedBox } from './malformed-box';
import { audioMoof, audioMoov, ftyp, mdat, videoMoof, videoMoov } from './test-media';

const hex = (text: string) => Buffer.from(text, 'hex');
const init = hex(ftyp + videoMoov);
const fragment = Buffer.concat([hex(videoMoof), mdat(7102)]);
const file = Buffer.concat([init, fragment, fragment]);

/** Reads `bytes` in slices that end at `cuts`. */
function readSliced(bytes: Buffer, cuts: readonly number[]) {
  const reader = new FragmentReader();
  const ends = [...new Set(cuts.map((cut) => cut % bytes.byteLength)), bytes.byteLength].toSorted((a, b) => a - b);
  let at = 0;
  const found = ends.flatMap((end) => {
    const slice = Buffer.from(bytes.subarray(at, end));
    at = end;
    const now = reader.push(slice);
    slice.fill(0xff); // the caller may reuse its slice
    return now;
  });
  reader.end();
  return found.map((each) => ({ ...each, bytes: each.bytes.toString('hex') }));
}

test('any slicing gives the same init section and fragments', () => {
  const whole = readSliced(file, []);
  expect(whole.map(({ kind, bytes }) => [kind, bytes])).toEqual([
    ['init', init.toString('hex')],
    ['fragment', fragment.toString('hex')],
    ['fragment', fragment.toString('hex')],
  ]);
  expect(whole[1]).toMatchObject({
    decodeTimeTicks: 90_000,
    durationTicks: 30_000,
    startsWithKeyframe: true,
    sampleCount: 10,
  });
  fc.assert(
    fc.property(fc.array(fc.nat({ max: file.byteLength }), { maxLength: 200 }), (cuts) => {
      expect(readSliced(file, cuts)).toEqual(whole);
    }),
    { numRuns: 200 },
  );
  expect(readSliced(file, Array.from(file.keys()))).toEqual(whole);
});

test('an audio track is read the same way', () => {
  const [found, next] = readSliced(Buffer.concat([hex(ftyp + audioMoov), hex(audioMoof), mdat(2906)]), []);
  expect(found).toMatchObject({ kind: 'init', track: { kind: 'audio', codec: 'mp4a.40.2', channels: 1 } });
  expect(next).toMatchObject({ kind: 'fragment', decodeTimeTicks: 46_976, startsWithKeyframe: true });
});

test('boxes that say nothing to a player are left out', () => {
  const free = hex('0000000c6672656500000000');
  const found = readSliced(Buffer.concat([hex(ftyp), free, hex(videoMoov), free, fragment, free]), []);
  expect(found.map(({ bytes }) => bytes)).toEqual([init.toString('hex'), fragment.toString('hex')]);
});

test.each([
  ['a fragment before the init section', fragment, 'moof: before moov'],
  ['a second moov', Buffer.concat([init, hex(videoMoov)]), 'moov: a second one'],
  ['a moov before ftyp', hex(videoMoov), 'moov: before ftyp'],
  ['a box between moof and mdat', Buffer.concat([init, hex(`${videoMoof}0000000866726565`)]), 'free: found between'],
  ['a mdat without a moof', Buffer.concat([init, mdat(4)]), 'mdat: unexpected at the top level'],
  ['samples that reach past the mdat', Buffer.concat([init, hex(videoMoof), mdat(7101)]), 'trun: samples claim 7102'],
  ['a page instead of media', Buffer.from('<!doctype html><html>'), 'bytes, '],
])('%s is refused', (_, bytes, message) => {
  let refusal: unknown;
  try {
    new FragmentReader().push(bytes);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(MalformedBox);
  expect(String(refusal)).toContain(message);
});

test('a box above 64 MiB is refused by its header, before its bytes are waited for', () => {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(boxBytesMax + 1);
  header.write('mdat', 4, 'latin1');
  const reader = new FragmentReader();
  reader.push(Buffer.concat([init, hex(videoMoof)]));
  expect(() => reader.push(header)).toThrow(`mdat: ${boxBytesMax + 1} bytes, ${boxBytesMax} allowed`);
});

test('an input that stops inside a box is truncated', () => {
  const reader = new FragmentReader();
  reader.push(file.subarray(0, file.byteLength - 1));
  expect(() => reader.end()).toThrow('file: truncated');
});

test('whatever the bytes are, the reader gives what it can or throws MalformedBox', () => {
  const corruption = fc.record({ at: fc.nat({ max: file.byteLength - 1 }), byte: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(fc.array(corruption, { maxLength: 20 }), fc.nat({ max: 2000 }), (corruptions, dropped) => {
      const bytes = Buffer.from(file.subarray(0, file.byteLength - dropped));
      for (const { at, byte } of corruptions) {
        bytes[at % 1200] = byte;
      }
      survives(bytes);
    }),
    { numRuns: 400 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => survives(Buffer.concat([init, noise]))),
    { numRuns: 400 },
  );
});

function survives(bytes: Buffer): void {
  const reader = new FragmentReader();
  try {
    const found = reader.push(bytes);
    expect(found.reduce((sum, each) => sum + each.bytes.byteLength, 0)).toBeLessThanOrEqual(bytes.byteLength);
    reader.end();
  } catch (error) {
    if (!(error instanceof MalformedBox)) {
      throw error;
    }
  }
}
