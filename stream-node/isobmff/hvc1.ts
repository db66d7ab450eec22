import { onlyChild } from './box';
import type { BoxReader } from './box-reader';
import { readHvcC } from './hvcc';
import { readVisualSampleEntry } from './visual-sample-entry';

export type Hvc1 = { /** RFC 6381 */ codec: string; width: number; height: number };

/** HEVC Visual Sample Entry (`hvc1`, or `hev1` with parameter sets in band). Contained in: `stsd`. */
export function readHvc1(reader: BoxReader): Hvc1 {
  const { width, height, boxes } = readVisualSampleEntry(reader);
  const { profileTierLevel } = readHvcC(onlyChild(reader.fourcc, boxes, 'hvcC'));
  return { codec: `${reader.fourcc}.${profileTierLevel}`, width, height };
}
