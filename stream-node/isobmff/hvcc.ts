import type { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

const profileSpaces = ['', 'A', 'B', 'C'];

export type HvcC = {
  /** as a codec string names it, such as `1.6.L60.90` (ISO/IEC 14496-15, annex E.3) */
  profileTierLevel: string;
};

/** HEVC Decoder Configuration (`hvcC`, ISO/IEC 14496-15, 8.3.3.1). Contained in: `hvc1`. */
export function readHvcC(reader: BoxReader): HvcC {
  const version = reader.u8();
  if (version !== 1) {
    throw new MalformedBox('hvcC', `version ${version}, only 1 exists`);
  }
  const profile = reader.u8();
  const space = profileSpaces[profile >> 6] ?? '';
  const tier = profile & 0x20 ? 'H' : 'L';
  const compatibility = reversed(reader.u32()).toString(16);
  const constraints = [...reader.bytes(6)];
  const level = reader.u8();
  // Each byte for itself, and none of the zeros at the end.
  const told = constraints.slice(0, constraints.findLastIndex((byte) => byte !== 0) + 1);
  const profileTierLevel = [`${space}${profile & 0x1f}`, compatibility, `${tier}${level}`, ...told.map(hex)].join('.');
  return { profileTierLevel };
}

/** The 32 compatibility flags with the first one as the lowest bit, as codec strings have them. */
function reversed(flags: number): number {
  const bits = flags.toString(2).padStart(32, '0');
  return Number.parseInt([...bits].reverse().join(''), 2);
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase();
}
