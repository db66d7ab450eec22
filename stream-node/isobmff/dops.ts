import type { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

/** Opus Specific (`dOps`, Opus in ISOBMFF 4.3.2). Contained in: `Opus`. */
export function readDOps(reader: BoxReader): { channels: number } {
  const version = reader.u8();
  if (version !== 0) {
    throw new MalformedBox('dOps', `version ${version}, only 0 exists`);
  }
  return { channels: reader.u8() };
}
