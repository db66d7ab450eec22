import { expect, test } from 'vitest';
import { mediaBytesOf } from './media-bytes';

const box = (type: string, payload: number) => {
  const bytes = Buffer.alloc(8 + payload);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(type, 4, 'latin1');
  return bytes;
};

test('only what lies in mdat is media', () => {
  expect(mediaBytesOf(Buffer.concat([box('moof', 100), box('mdat', 500), box('moof', 90), box('mdat', 7)]))).toBe(507);
  expect(mediaBytesOf(box('moov', 600))).toBe(0);
});
