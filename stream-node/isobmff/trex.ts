import type { BoxReader } from './box-reader';

/** What a track's fragments fall back to, unless their `tfhd` or `trun` says otherwise. */
export type Trex = { trackId: number; durationTicks: number; sizeBytes: number; flags: number };

/** Track Extends (`trex`). Contained in: `mvex`. */
export function readTrex(reader: BoxReader): Trex {
  reader.fullBoxHeader();
  const trackId = reader.u32();
  reader.skip(4); // default_sample_description_index
  return { trackId, durationTicks: reader.u32(), sizeBytes: reader.u32(), flags: reader.u32() };
}
