import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readTrex } from './trex';

test('trex gives the defaults of its track', () => {
  const trex = boxFromHex('00000020 74726578 00000000 00000001 00000001 00000400 00000010 02000000');
  expect(readTrex(trex)).toEqual({ trackId: 1, durationTicks: 1024, sizeBytes: 16, flags: 0x2000000 });
});
