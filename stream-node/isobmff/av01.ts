import { readAv1C } from './av1c';
import { onlyChild } from './box';
import type { BoxReader } from './box-reader';
import { readVisualSampleEntry } from './visual-sample-entry';

export type Av01 = { /** RFC 6381 */ codec: string; width: number; height: number };

/** AV1 Sample Entry (`av01`, AV1 in ISOBMFF 2.2). Contained in: `stsd`. */
export function readAv01(reader: BoxReader): Av01 {
  const { width, height, boxes } = readVisualSampleEntry(reader);
  const { profileLevelDepth } = readAv1C(onlyChild('av01', boxes, 'av1C'));
  return { codec: `av01.${profileLevelDepth}`, width, height };
}
