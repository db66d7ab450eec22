import { readAv01 } from './av01';
import { readAvc1 } from './avc1';
import { readChildren } from './box';
import type { BoxReader } from './box-reader';
import { readHvc1 } from './hvc1';
import { MalformedBox } from './malformed-box';
import { readMp4a } from './mp4a';
import { readOpus } from './opus';

export type SampleDescription = {
  /** RFC 6381, such as `avc1.4d401f` or `mp4a.40.2` */
  codec: string;
  width?: number;
  height?: number;
  sampleRate?: number;
  channels?: number;
};

/** Sample Description (`stsd`): one entry, of a codec that the ladder has. Contained in: `stbl`. */
export function readStsd(reader: BoxReader): SampleDescription {
  reader.fullBoxHeader();
  const entryCount = reader.u32();
  const [entry, ...others] = readChildren(reader);
  if (entryCount !== 1 || entry === undefined || others.length > 0) {
    throw new MalformedBox('stsd', `one sample entry expected, ${entryCount} declared`);
  }
  switch (entry.fourcc) {
    case 'avc1':
    case 'avc3':
      return readAvc1(entry);
    case 'hvc1':
    case 'hev1':
      return readHvc1(entry);
    case 'av01':
      return readAv01(entry);
    case 'mp4a':
      return readMp4a(entry);
    case 'Opus':
      return readOpus(entry);
    default:
      throw new MalformedBox('stsd', `sample entry ${entry.fourcc} is none of H.264, H.265, AV1, AAC, Opus and MP3`);
  }
}
