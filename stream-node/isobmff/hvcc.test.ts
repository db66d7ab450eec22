import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readHvcC } from './hvcc';

/** An `hvcC` with these bytes from the profile to the level, and no parameter sets. */
const hvcC = (profileToLevel: string) =>
  readHvcC(boxFromHex(`0000001f 68766343 01 ${profileToLevel} f000 fc fd f8 f8 0000 0f 00`)).profileTierLevel;

test('hvcC tells profile, compatibility, level and constraints as codec strings do', () => {
  expect(hvcC('01 60000000 900000000000 3c')).toBe('1.6.L60.90');
});

test.each([
  ['42 20000000 b00000000000 5d', 'A2.4.L93.B0'],
  ['21 60000000 b00000000400 99', '1.6.H153.B0.0.0.0.4'],
  ['81 00000001 000000000000 1e', 'B1.80000000.L30'],
])('hvcC %s is %s', (bytes, expected) => {
  expect(hvcC(bytes)).toBe(expected);
});

test('hvcC of another version is refused', () => {
  expect(() => readHvcC(boxFromHex('00000009 68766343 02'))).toThrow('hvcC: version 2, only 1 exists');
});
