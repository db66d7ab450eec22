/** An inclusive range of bytes. */
export type ByteRange = { readonly start: number; readonly end: number };

const singleRange = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * The range a Range header asks for, of `size` bytes. `undefined` (send it all) without a header and for one that is
 * malformed or names several ranges, as RFC 9110 14.2 allows; `unsatisfiable` for one that lies wholly outside.
 */
export function readByteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = singleRange.exec(header ?? '');
  if (!match) {
    return undefined;
  }
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') {
    return undefined;
  }
  if (first === '') {
    const suffix = Number(last);
    return suffix === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - suffix), end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) {
    return undefined;
  }
  return start >= size ? 'unsatisfiable' : { start, end };
}
