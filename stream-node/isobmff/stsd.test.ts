import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readStsd } from './stsd';

test('stsd gives its one sample entry', () => {
  const stsd = boxFromHex(
    '0000007e 73747364 00000000 00000001 0000006e6d703461000000000000000100000000000000000002001000000000bb800000' +
      '0000003665736473000000000380808025000100048080801740150000000000fa000000fa000580808005118856e5000680808001020000001462747274000000000000fa000000fa00',
  );
  expect(readStsd(stsd)).toEqual({ codec: 'mp4a.40.2', sampleRate: 48_000, channels: 1 });
});

test('stsd with another codec is refused by name', () => {
  const stsd = boxFromHex('00000018 73747364 00000000 00000001 00000008 76703038');
  expect(() => readStsd(stsd)).toThrow('stsd: sample entry vp08 is neither H.264 nor AAC');
});

test('stsd with a count that is not its content is refused', () => {
  expect(() => readStsd(boxFromHex('00000010 73747364 00000000 ffffffff'))).toThrow('one sample entry expected');
});
