import { z } from 'zod';
import { aacFrameSamples, audioSampleRate, type CutPlan } from './profiles';

export const VideoCodec = z.enum(['h264', 'h265', 'av1']);
export type VideoCodec = z.infer<typeof VideoCodec>;

export const AudioCodec = z.enum(['aac', 'opus', 'mp3']);
export type AudioCodec = z.infer<typeof AudioCodec>;

/** What a rendition is encoded with. */
export const Codec = z.union([VideoCodec, AudioCodec]);
export type Codec = z.infer<typeof Codec>;

/** What every node makes, and what is made where nothing else was ordered. */
export const usualVideoCodec: VideoCodec = 'h264';
export const usualAudioCodec: AudioCodec = 'aac';
export const usualCodecs: readonly Codec[] = [usualVideoCodec, usualAudioCodec];

/**
 * Samples of one frame of sound at {@link audioSampleRate}: AAC-LC (ISO/IEC 14496-3), 20 ms of Opus (RFC 6716, 2.1.4), and
 * layer 3 of MPEG-1 (ISO/IEC 11172-3).
 */
export const audioFrameSamples: Readonly<Record<AudioCodec, number>> = { aac: aacFrameSamples, opus: 960, mp3: 1152 };

/**
 * How many samples before the first one of the source its first frame begins, at most: two frames of libfdk_aac (the native
 * encoder has one), libopus at 48 kHz, and LAME with the delay of a decoder.
 */
export const audioPrimingSamples: Readonly<Record<AudioCodec, number>> = {
  aac: 2 * aacFrameSamples,
  opus: 312,
  mp3: 1105,
};

/** What of a cut plan a part of sound depends on. */
type SoundCut = Pick<CutPlan, 'partTargetSeconds' | 'audioPartFrames' | 'segmentSeconds'>;

/** RFC 8216bis 4.4.4.9 */
const leastShareOfPartTarget = 0.85;

/**
 * Frames of one part of sound. For AAC the cut plan says; of the other codecs as many as fit into the part target, or a few
 * less where segments would else round to more: Opus frames divide whole seconds, so that a part that just misses a boundary
 * would be one too many.
 */
export function audioPartFrames(codec: AudioCodec, cut: SoundCut): number {
  if (codec === 'aac') {
    return cut.audioPartFrames;
  }
  const fitting = cut.partTargetSeconds / audioSeconds(codec, 1);
  const most = Math.max(1, Math.floor(fitting + 1e-6));
  const least = Math.min(most, Math.ceil(leastShareOfPartTarget * fitting));
  const counts = Array.from({ length: most - least + 1 }, (_, index) => most - index);
  const rounded = (frames: number) => Math.round(longestSeconds(codec, frames, cut));
  return counts.reduce((best, frames) => (rounded(frames) < rounded(best) ? frames : best), most);
}

/** How long one part of sound lasts. */
export function audioPartSeconds(codec: AudioCodec, cut: SoundCut): number {
  return audioSeconds(codec, audioPartFrames(codec, cut));
}

/** How long a segment of sound lasts at most, in seconds. */
export function longestAudioSegmentSeconds(codec: AudioCodec, cut: SoundCut): number {
  return longestSeconds(codec, audioPartFrames(codec, cut), cut);
}

/** How long so many frames sound. */
export function audioSeconds(codec: AudioCodec, frames: number): number {
  return (frames * audioFrameSamples[codec]) / audioSampleRate;
}

/** By so much a source's sound may begin before its picture's first slot: half a frame, and the pre-skip of Opus. */
const earlySeconds = 0.04;

/** A segment ends with the first part past its boundary; the first one begins with what comes before the source's time zero. */
function longestSeconds(codec: AudioCodec, partFrames: number, { segmentSeconds }: SoundCut): number {
  const partSeconds = audioSeconds(codec, partFrames);
  const primingSeconds = audioPrimingSamples[codec] / audioSampleRate;
  return Math.ceil((segmentSeconds + primingSeconds + earlySeconds) / partSeconds) * partSeconds;
}
