import type { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

export type Mdhd = { /** ticks per second of the track's media time */ timescale: number };

/** Media Header (`mdhd`). Contained in: `mdia`. */
export function readMdhd(reader: BoxReader): Mdhd {
  const { version } = reader.fullBoxHeader();
  reader.uintOfVersion(version); // creation time
  reader.uintOfVersion(version); // modification time
  const timescale = reader.u32();
  if (timescale === 0) {
    throw new MalformedBox('mdhd', 'timescale is 0');
  }
  return { timescale };
}
