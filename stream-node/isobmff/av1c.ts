import type { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

export type Av1C = {
  /** as a codec string names it, such as `0.04M.08` (AV1 in ISOBMFF, 5) */
  profileLevelDepth: string;
};

const markerAndVersion = 0x81;

/**
 * AV1 Codec Configuration (`av1C`, AV1 in ISOBMFF 2.3). Contained in: `av01`. What a codec string may leave out, it leaves
 * out for 4:2:0 in colour; of anything else it would have to tell the colours as well, which are not here.
 *
 * @throws MalformedBox for an empty one too, as a muxer writes it that has not seen the sequence header yet
 */
export function readAv1C(reader: BoxReader): Av1C {
  if (reader.u8() !== markerAndVersion) {
    throw new MalformedBox('av1C', 'marker and version must be 1');
  }
  const profileAndLevel = reader.u8();
  const flags = reader.u8();
  const isMonochrome = (flags & 0x10) !== 0;
  const isSubsampled = (flags & 0x0c) === 0x0c;
  if (isMonochrome || !isSubsampled) {
    throw new MalformedBox('av1C', 'neither monochrome nor 4:2:2 or 4:4:4 pictures are read');
  }
  const level = String(profileAndLevel & 0x1f).padStart(2, '0');
  const tier = flags & 0x80 ? 'H' : 'M';
  return { profileLevelDepth: `${profileAndLevel >> 5}.${level}${tier}.${bitDepth(flags)}` };
}

function bitDepth(flags: number): string {
  const isHigh = (flags & 0x40) !== 0;
  const isTwelve = (flags & 0x20) !== 0;
  if (!isHigh) {
    return '08';
  }
  return isTwelve ? '12' : '10';
}
