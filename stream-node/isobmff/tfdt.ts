import type { BoxReader } from './box-reader';

/** Track Fragment Decode Time (`tfdt`), in ticks of the track's timescale. Contained in: `traf`. */
export function readTfdt(reader: BoxReader): { decodeTimeTicks: number } {
  const { version } = reader.fullBoxHeader();
  return { decodeTimeTicks: reader.uintOfVersion(version) };
}
