import { expect, test } from 'vitest';
import { readAvc1 } from './avc1';
import { boxFromHex } from './box-from-hex';

const beforeChildren =
  '000000000000 0001 00000000000000000000000000000000 00a0 005a 00480000 00480000 00000000 0001 ' +
  '154c61766335392e33372e313030206c696278323634000000000000000000000018 ffff';

test('avc1 gives the codec string and the size', () => {
  const avc1 = boxFromHex(`00000066 61766331 ${beforeChildren} 00000010 61766343 014d400b ffe00000`);
  expect(readAvc1(avc1)).toEqual({ codec: 'avc1.4d400b', width: 160, height: 90 });
});

test('avc3 keeps its own name', () => {
  const avc3 = boxFromHex(`00000066 61766333 ${beforeChildren} 00000010 61766343 0142001f ffe00000`);
  expect(readAvc1(avc3).codec).toBe('avc3.42001f');
});

test('avc1 without avcC is refused', () => {
  expect(() => readAvc1(boxFromHex(`00000056 61766331 ${beforeChildren}`))).toThrow('avc1: one avcC expected, 0 found');
});
