import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readTfdt } from './tfdt';

test('tfdt v1 is 64-bit', () => {
  const tfdt = boxFromHex('00000014 74666474 01000000 0000000100015f90');
  expect(readTfdt(tfdt)).toEqual({ decodeTimeTicks: 2 ** 32 + 90_000 });
});

test('tfdt v0 is 32-bit', () => {
  expect(readTfdt(boxFromHex('00000010 74666474 00000000 00015f90'))).toEqual({ decodeTimeTicks: 90_000 });
});

test('tfdt beyond 2^53 is refused', () => {
  const tfdt = boxFromHex('00000014 74666474 01000000 ffffffffffffffff');
  expect(() => readTfdt(tfdt)).toThrow('tfdt: 64-bit value 18446744073709551615 is out of range');
});
