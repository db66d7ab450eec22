import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readMp4a } from './mp4a';

test('mp4a believes the decoder configuration, not its own template of two channels', () => {
  const mp4a = boxFromHex(
    '0000005a 6d703461 000000000000 0001 0000000000000000 0002 0010 00000000 bb800000 ' +
      '00000036 65736473 00000000 03808080 25 000100 04808080 17 4015000000 0000fa00 0000fa00 05808080 05 118856e500 06808080 01 02',
  );
  expect(readMp4a(mp4a)).toEqual({ codec: 'mp4a.40.2', sampleRate: 48_000, channels: 1 });
});
