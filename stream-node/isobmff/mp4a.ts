import { onlyChild, readChildren } from './box';
import type { BoxReader } from './box-reader';
import { type Esds, readEsds } from './esds';

/**
 * MP4 Audio Sample Entry (`mp4a`). Contained in: `stsd`. Its own channel count and sample rate are templates (ffmpeg
 * writes 2 for mono), so both are taken from the decoder's configuration in `esds`.
 */
export function readMp4a(reader: BoxReader): Esds {
  reader.skip(8); // reserved, data_reference_index
  reader.skip(20); // reserved, channel count, sample size, pre_defined, reserved, sample rate
  return readEsds(onlyChild('mp4a', readChildren(reader), 'esds'));
}
