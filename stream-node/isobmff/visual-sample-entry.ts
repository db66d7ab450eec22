import { readChildren } from './box';
import type { BoxReader } from './box-reader';

/** The fields and boxes that every Visual Sample Entry has (ISO/IEC 14496-12, 12.1.3). Contained in: `stsd`. */
export function readVisualSampleEntry(reader: BoxReader): { width: number; height: number; boxes: BoxReader[] } {
  reader.skip(8); // reserved, data_reference_index
  reader.skip(16); // pre_defined, reserved
  const width = reader.u16();
  const height = reader.u16();
  reader.skip(50); // resolution, frame count, compressor name, depth, pre_defined
  return { width, height, boxes: readChildren(reader) };
}
