import type { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

const baseDataOffsetPresent = 0x1;
const sampleDescriptionIndexPresent = 0x2;
const defaultDurationPresent = 0x8;
const defaultSizePresent = 0x10;
const defaultFlagsPresent = 0x20;
const defaultBaseIsMoof = 0x20000;

export type Tfhd = {
  trackId: number;
  /** undefined where `trex` decides */
  durationTicks: number | undefined;
  sizeBytes: number | undefined;
  flags: number | undefined;
};

/**
 * Track Fragment Header (`tfhd`). Contained in: `traf`. Only fragments whose offsets count from their own `moof` (CMAF,
 * ISO/IEC 23000-19, 7.5.16) can be served one by one, so others are refused.
 */
export function readTfhd(reader: BoxReader): Tfhd {
  const { flags } = reader.fullBoxHeader();
  if (flags & baseDataOffsetPresent || !(flags & defaultBaseIsMoof)) {
    throw new MalformedBox('tfhd', 'data offsets do not count from the moof');
  }
  const trackId = reader.u32();
  if (flags & sampleDescriptionIndexPresent) {
    reader.skip(4);
  }
  return {
    trackId,
    durationTicks: flags & defaultDurationPresent ? reader.u32() : undefined,
    sizeBytes: flags & defaultSizePresent ? reader.u32() : undefined,
    flags: flags & defaultFlagsPresent ? reader.u32() : undefined,
  };
}
