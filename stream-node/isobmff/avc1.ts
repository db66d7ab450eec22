import { readAvcC } from './avcc';
import { onlyChild } from './box';
import type { BoxReader } from './box-reader';
import { readVisualSampleEntry } from './visual-sample-entry';

export type Avc1 = { /** RFC 6381 */ codec: string; width: number; height: number };

/** AVC Visual Sample Entry (`avc1`, or `avc3` with parameter sets in band). Contained in: `stsd`. */
export function readAvc1(reader: BoxReader): Avc1 {
  const { width, height, boxes } = readVisualSampleEntry(reader);
  const { profile, compatibility, level } = readAvcC(onlyChild(reader.fourcc, boxes, 'avcC'));
  const hex = [profile, compatibility, level].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { codec: `${reader.fourcc}.${hex}`, width, height };
}
