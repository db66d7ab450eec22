import { readChildren } from './box';
import { BoxReader } from './box-reader';

/** For tests: a reader of the payload of the one box that `hex` spells (spaces are for the eye). */
export function boxFromHex(hex: string): BoxReader {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const [box, ...others] = readChildren(new BoxReader('test', bytes));
  if (box === undefined || others.length > 0) {
    throw new Error('one box expected');
  }
  return box;
}
