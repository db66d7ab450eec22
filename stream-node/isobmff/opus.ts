import { readAudioSampleEntry } from './audio-sample-entry';
import { onlyChild } from './box';
import type { BoxReader } from './box-reader';
import { readDOps } from './dops';

export type Opus = { /** RFC 6381: the sample entry's own name, in its own case */ codec: string; channels: number };

/** Opus Sample Entry (`Opus`, Opus in ISOBMFF 4.3.1). Contained in: `stsd`. */
export function readOpus(reader: BoxReader): Opus & { sampleRate: number } {
  const { sampleRate, boxes } = readAudioSampleEntry(reader);
  return { codec: reader.fourcc, sampleRate, channels: readDOps(onlyChild('Opus', boxes, 'dOps')).channels };
}
