import { expect, test } from 'vitest';
import { readByteRange } from './byte-range';

test.each([
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=10-19', { start: 10, end: 19 }],
  ['bytes=90-', { start: 90, end: 99 }],
  ['bytes=90-500', { start: 90, end: 99 }],
  ['bytes=-10', { start: 90, end: 99 }],
  ['bytes=-500', { start: 0, end: 99 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=100-200', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-5', undefined],
  ['bytes=-', undefined],
  ['bytes=a-b', undefined],
  ['bytes=0-1,5-6', undefined],
  ['bytes=0x1-5', undefined],
  [`bytes=${'9'.repeat(40)}-`, undefined],
  ['lines=0-5', undefined],
  [undefined, undefined],
])('of 100 bytes, %j asks for %j', (header, expected) => {
  expect(readByteRange(header, 100)).toEqual(expected);
});
