import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAmf0 } from './amf0-reader';
import type { Amf0Value } from './amf0-value';
import { amf0Object, writeAmf0 } from './amf0-writer';
import { RtmpFault } from './rtmp-fault';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a connect command is its bytes', () => {
  const bytes = hex('02 0007 636f6e6e656374  00 3ff0000000000000  03 0003 617070 02 0004 6c697665 000009');
  expect(writeAmf0('connect', 1, amf0Object({ app: 'live' }))).toEqual(bytes);
  expect(readAmf0(bytes)).toEqual(['connect', 1, new Map([['app', 'live']])]);
});

test('an ECMA array ends by its end marker, whatever count it names', () => {
  expect(readAmf0(hex('08 000000ff 0001 61 0101 000009'))).toEqual([new Map([['a', true]])]);
});

const value = fc.letrec<{ value: Amf0Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.date({ noInvalidDate: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.string({ minLength: 1, maxLength: 9 }), tie('value')), { maxLength: 4 })
      .map((pairs) => new Map(pairs)),
  ),
})).value;

test('every value is read as it was written', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), (values) => {
      expect(readAmf0(writeAmf0(...values))).toEqual(values);
    }),
  );
});

test.each([
  ['a reference', '07 0001'],
  ['a typed object', '10 0001 61 000009'],
  ['a string cut short', '02 00ff 61'],
  ['a number cut short', '00 3ff0'],
  ['an object without its end', '03 0001 61 05'],
  ['an array of four thousand million values', '0a ffffffff 05'],
  ['a long string of four thousand million bytes', '0c ffffffff 61'],
  ['twenty levels', '0a 00000001'.repeat(20)],
  ['a thousand values', '05'.repeat(1000)],
])('%s is refused', (_what, bytes) => {
  expect(() => readAmf0(hex(bytes))).toThrow(RtmpFault);
});
