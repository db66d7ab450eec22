import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readTfhd } from './tfhd';

test('tfhd gives the defaults it declares', () => {
  const tfhd = boxFromHex('0000001c 74666864 00020038 00000001 00000bb8 00000af2 01010000');
  expect(readTfhd(tfhd)).toEqual({ trackId: 1, durationTicks: 3000, sizeBytes: 2802, flags: 0x1010000 });
});

test('tfhd leaves to trex what it does not declare', () => {
  const tfhd = boxFromHex('00000014 74666864 00020002 00000001 00000001');
  expect(readTfhd(tfhd)).toEqual({ trackId: 1, durationTicks: undefined, sizeBytes: undefined, flags: undefined });
});

test('tfhd with offsets into the whole file is refused', () => {
  expect(() => readTfhd(boxFromHex('00000018 74666864 00000001 00000001 0000000000000400'))).toThrow(
    'tfhd: data offsets do not count from the moof',
  );
});
