import { expect, test } from 'vitest';
import { boxFromHex } from './box-from-hex';
import { readHdlr } from './hdlr';

test('hdlr gives the handler type', () => {
  const hdlr = boxFromHex(
    '0000002d 68646c72 00000000 00000000 76696465 00000000 00000000 00000000 566964656f48616e646c657200',
  );
  expect(readHdlr(hdlr)).toEqual({ handlerType: 'vide' });
});
