import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readEsds } from './esds';

test('esds of mono AAC-LC gives codec, sample rate and channels', () => {
  const esds = boxFromHex(
    '00000036 65736473 00000000 03808080 25 000100 04808080 17 4015000000 0000fa00 0000fa00 05808080 05 118856e500 06808080 01 02',
  );
  expect(readEsds(esds)).toEqual({ codec: 'mp4a.40.2', sampleRate: 48_000, channels: 1 });
});

test('esds reads short descriptor lengths, all optional fields and an explicit sample rate', () => {
  const esds = boxFromHex(
    // object type 2, rate index 15 with 24 bits (22050), two channels
    '0000002e 65736473 00000000 03 20 0001 e0 0002 02 6162 0003 04 14 40 15000000 0000fa00 0000fa00 05 05 17802b1110',
  );
  expect(readEsds(esds)).toEqual({ codec: 'mp4a.40.2', sampleRate: 22_050, channels: 2 });
});

test('esds whose descriptor reaches past the box is refused', () => {
  expect(() => readEsds(boxFromHex('00000011 65736473 00000000 03ffffff7f'))).toThrow('esds: ends early');
});

test('esds whose descriptor length never ends is refused', () => {
  expect(() => readEsds(boxFromHex('00000011 65736473 00000000 03ffffffff'))).toThrow('longer than four bytes');
});

test('esds of MP3 needs no decoder configuration', () => {
  const esds = boxFromHex(
    '0000002c 65736473 00000000 03808080 1b 000100 04808080 0d 6b15000000 0000fa00 0000fa00 06808080 01 02',
  );
  expect(readEsds(esds)).toEqual({ codec: 'mp4a.6B' });
});
