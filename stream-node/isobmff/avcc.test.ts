import { expect, test } from 'vitest';
import { readAvcC } from './avcc';
import { boxFromHex } from './box-from-hex';

test('avcC gives profile, compatibility and level', () => {
  const avcC = boxFromHex(
    '0000002f 61766343 014d400b ffe10018674d400bda0a37e4c044000003000400000300f23c50aa8001000468ef3c80',
  );
  expect(readAvcC(avcC)).toEqual({ profile: 0x4d, compatibility: 0x40, level: 0x0b });
});

test('avcC of another version is refused', () => {
  expect(() => readAvcC(boxFromHex('0000000c 61766343 024d400b'))).toThrow('avcC: version 2, only 1 exists');
});
