import { readChildren } from './box';
import type { BoxReader } from './box-reader';

/**
 * The fields and boxes that every Audio Sample Entry has (ISO/IEC 14496-12, 12.2.3). Contained in: `stsd`. Channels and
 * sample rate (in hertz) are templates that some codecs tell better in a box of their own.
 */
export function readAudioSampleEntry(reader: BoxReader): { channels: number; sampleRate: number; boxes: BoxReader[] } {
  reader.skip(8); // reserved, data_reference_index
  reader.skip(8); // reserved
  const channels = reader.u16();
  reader.skip(6); // sample size, pre_defined, reserved
  const sampleRate = reader.u32() / 0x10000;
  return { channels, sampleRate, boxes: readChildren(reader) };
}
