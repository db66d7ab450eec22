import { expect, test } from 'vitest';
import { readAv1C } from './av1c';
import { boxFromHex } from './box-from-hex';

const av1C = (bytes: string) => readAv1C(boxFromHex(`0000000c 61763143 ${bytes}`)).profileLevelDepth;

test.each([
  ['81000c00', '0.00M.08'],
  ['81084c00', '0.08M.10'],
  ['8150ec00', '2.16H.12'],
])('av1C %s is %s', (bytes, expected) => {
  expect(av1C(bytes)).toBe(expected);
});

test('av1C of monochrome pictures, of another version or without a word is refused', () => {
  expect(() => av1C('81001c00')).toThrow('av1C: neither monochrome nor');
  expect(() => av1C('82000c00')).toThrow('av1C: marker and version must be 1');
  expect(() => readAv1C(boxFromHex('00000008 61763143'))).toThrow('av1C: ends early');
});
