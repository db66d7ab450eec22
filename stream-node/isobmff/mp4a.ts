import { readAudioSampleEntry } from './audio-sample-entry';
import { onlyChild } from './box';
import type { BoxReader } from './box-reader';
import { type Esds, readEsds } from './esds';

/**
 * MP4 Audio Sample Entry (`mp4a`). Contained in: `stsd`. Its own channel count and sample rate are templates (ffmpeg
 * writes 2 channels for mono), so both are taken from the decoder's configuration in `esds`. MP3 has none: its sample rate
 * is the template's, and its channels are told in its frames alone.
 */
export function readMp4a(reader: BoxReader): Esds & { sampleRate: number } {
  const { sampleRate, boxes } = readAudioSampleEntry(reader);
  return { sampleRate, ...readEsds(onlyChild('mp4a', boxes, 'esds')) };
}
