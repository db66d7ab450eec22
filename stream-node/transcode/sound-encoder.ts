import { type AudioCodec, audioFrameSamples, audioPrimingSamples, usualAudioCodec } from '../contract/codecs';
import type { AudioRendition } from '../contract/ladder';
import { audioSampleRate } from '../contract/profiles';
import type { FfmpegAbilities } from './ffmpeg-abilities';

/** ffmpeg's options for the encoder of a sound. */
export function soundEncoder(rendition: AudioRendition, { aacEncoder }: FfmpegAbilities): string[] {
  const codec = rendition.codec ?? usualAudioCodec;
  return [
    ...['-c:a', ...encoderOf(codec, aacEncoder)],
    ...['-ar', String(audioSampleRate), '-ac', String(rendition.channels), '-b:a', String(rendition.bitrate)],
  ];
}

function encoderOf(codec: AudioCodec, aacEncoder: FfmpegAbilities['aacEncoder']): string[] {
  switch (codec) {
    case 'aac':
      return [aacEncoder];
    case 'opus':
      return ['libopus', '-application', 'audio', '-frame_duration', '20'];
    case 'mp3':
      // Without a reservoir a frame holds all of its own bits, so that a segment can be decoded by itself.
      return ['libmp3lame', '-reservoir', '0'];
    default:
      return codec satisfies never;
  }
}

/** Frames that are encoded and dropped, the priming counted in; Opus decoders converge within 80 ms (RFC 7845, 4.6). */
const prerollFrames: Readonly<Record<AudioCodec, number>> = { aac: 4, opus: 4, mp3: 3 };

/**
 * Filters of a sound that begins later than its source. Sound is encoded before the beginning and then dropped, so that the
 * first frame overlaps true sound; the beginning is the end of a frame, so the frames before it can be dropped whole and no
 * sample is moved.
 *
 * @param filling options of `aresample`: what it makes of missing sound
 */
export function soundFrom(rendition: AudioRendition, seconds: number, filling: string): string[] {
  const codec = rendition.codec ?? usualAudioCodec;
  const frameSeconds = audioFrameSamples[codec] / audioSampleRate;
  const firstSample = seconds - prerollFrames[codec] * frameSeconds + audioPrimingSamples[codec] / audioSampleRate;
  const halfFrameBefore = (seconds - frameSeconds / 2).toFixed(6);
  return [
    ...['-af', `aresample=${audioSampleRate}:${filling},atrim=start=${firstSample.toFixed(6)}`],
    ...['-bsf:a', `noise=drop=lt(pts*tb\\,${halfFrameBefore})`],
  ];
}
