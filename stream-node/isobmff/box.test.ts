import { expect, test } from 'vitest';
import { readBoxHeader, readChildren } from './box';
import { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a header waits for all its bytes', () => {
  expect(readBoxHeader(hex('00000014 746664'))).toBeNull();
  expect(readBoxHeader(hex('00000001 6d646174 00000000'))).toBeNull();
});

test('a header of size 1 has its size in 64 bits', () => {
  expect(readBoxHeader(hex('00000001 6d646174 0000000100000000'))).toEqual({
    fourcc: 'mdat',
    headerBytes: 16,
    totalBytes: 2 ** 32,
  });
});

test.each(['00000000 6d646174', '00000007 6d646174', '00000001 6d646174 000000000000000f'])(
  'a size below the header (%s) is refused',
  (text) => {
    expect(() => readBoxHeader(hex(text))).toThrow(MalformedBox);
  },
);

test('a box that reaches past its container is refused', () => {
  const container = new BoxReader('traf', hex('00000008 66726565 00000011 74666474 01000000'));
  expect(() => readChildren(container)).toThrow('traf: a box inside reaches past its end');
});
