import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readMdhd } from './mdhd';

test('mdhd v0 gives the timescale', () => {
  const mdhd = boxFromHex('00000020 6d646864 00000000 00000000 00000000 00015f90 00000000 55c40000');
  expect(readMdhd(mdhd)).toEqual({ timescale: 90_000 });
});

test('mdhd v1 has 64-bit times', () => {
  const mdhd = boxFromHex(
    '0000002c 6d646864 01000000 0000000000000000 0000000000000000 0000bb80 0000000000000000 55c40000',
  );
  expect(readMdhd(mdhd)).toEqual({ timescale: 48_000 });
});

test('mdhd with timescale 0 is refused', () => {
  const mdhd = boxFromHex('00000020 6d646864 00000000 00000000 00000000 00000000 00000000 55c40000');
  expect(() => readMdhd(mdhd)).toThrow('mdhd: timescale is 0');
});
