import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readTrun } from './trun';

const defaults = { durationTicks: 3000, sizeBytes: 100, flags: 0x1010000 };

test('trun fills in defaults; the first sample has flags of its own', () => {
  const trun = boxFromHex('00000020 7472756e 00000205 00000002 00000098 02000000 00000af2 000001ef');
  expect(readTrun(trun, defaults)).toEqual([
    { durationTicks: 3000, sizeBytes: 0xaf2, flags: 0x2000000, compositionOffsetTicks: 0 },
    { durationTicks: 3000, sizeBytes: 0x1ef, flags: 0x1010000, compositionOffsetTicks: 0 },
  ]);
});

test('trun v1 with every field per sample, composition offsets signed', () => {
  const trun = boxFromHex('00000020 7472756e 01000f00 00000001 00000bb9 00000010 02000000 fffffff8');
  expect(readTrun(trun, defaults)).toEqual([
    { durationTicks: 3001, sizeBytes: 16, flags: 0x2000000, compositionOffsetTicks: -8 },
  ]);
});

test.each([
  ['with fields for each', '00000014 7472756e 00000201 ffffffff 00000098'],
  ['with defaults only', '00000014 7472756e 00000001 ffffffff 00000098'],
])('a sample count that cannot be, %s, is refused before anything is allocated', (_, hex) => {
  expect(() => readTrun(boxFromHex(hex), defaults)).toThrow('trun: sample count 4294967295 does not fit');
});
