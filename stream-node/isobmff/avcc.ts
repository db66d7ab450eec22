import type { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

export type AvcC = { profile: number; compatibility: number; level: number };

/** AVC Decoder Configuration (`avcC`, ISO/IEC 14496-15). Contained in: `avc1`. */
export function readAvcC(reader: BoxReader): AvcC {
  const version = reader.u8();
  if (version !== 1) {
    throw new MalformedBox('avcC', `version ${version}, only 1 exists`);
  }
  return { profile: reader.u8(), compatibility: reader.u8(), level: reader.u8() };
}
