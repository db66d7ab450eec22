import type { BoxReader } from './box-reader';

/** Handler Reference (`hdlr`): `vide` or `soun` for the tracks we make. Contained in: `mdia`. */
export function readHdlr(reader: BoxReader): { handlerType: string } {
  reader.fullBoxHeader();
  reader.skip(4); // pre_defined
  return { handlerType: reader.text(4) };
}
