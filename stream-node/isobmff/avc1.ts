import { readAvcC } from './avcc';
import { onlyChild, readChildren } from './box';
import type { BoxReader } from './box-reader';

export type Avc1 = { /** RFC 6381 */ codec: string; width: number; height: number };

/** AVC Visual Sample Entry (`avc1`, or `avc3` with parameter sets in band). Contained in: `stsd`. */
export function readAvc1(reader: BoxReader): Avc1 {
  reader.skip(8); // reserved, data_reference_index
  reader.skip(16); // pre_defined, reserved
  const width = reader.u16();
  const height = reader.u16();
  reader.skip(50); // resolution, frame count, compressor name, depth, pre_defined
  const { profile, compatibility, level } = readAvcC(onlyChild(reader.fourcc, readChildren(reader), 'avcC'));
  const hex = [profile, compatibility, level].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { codec: `${reader.fourcc}.${hex}`, width, height };
}
