import type { VideoCodec } from '../contract/codecs';
import { usualVideoCodec } from '../contract/codecs';
import type { VideoRendition } from '../contract/ladder';
import type { CutPlan } from '../contract/profiles';
import type { FfmpegAbilities } from './ffmpeg-abilities';

// How each codec's encoder is told to hold nothing back, to make no B-frames, and a keyframe at each GOP's beginning alone.

/** ffmpeg's options for the encoder of a rung, its rate control included. */
export function pictureEncoder(rung: VideoRendition, cut: CutPlan, abilities: FfmpegAbilities): string[] {
  const codec: VideoCodec = rung.codec ?? usualVideoCodec;
  const gop = ['-g', String(cut.gopFrames), '-keyint_min', String(cut.gopFrames)];
  switch (codec) {
    case 'h264':
      return [...x264(rung), ...gop];
    case 'h265':
      return [...x265(rung), ...gop];
    case 'av1':
      return [...(abilities.av1Encoder === 'libsvtav1' ? svtAv1(rung) : libaom(rung)), ...gop];
    default:
      return codec satisfies never;
  }
}

/** What the muxer of a rung needs beside. */
export function pictureMuxing(rung: VideoRendition): { flags: string[]; options: string[] } {
  // libaom gives its sequence header with the first packet, so `moov` must wait for it; an edit list would then move the time.
  return rung.codec === 'av1' ? { flags: ['delay_moov'], options: ['-use_editlist', '0'] } : { flags: [], options: [] };
}

function x264(rung: VideoRendition): string[] {
  const { preset = 'superfast', threads } = rung.encoder ?? {};
  return [
    ...['-c:v', 'libx264', '-preset', preset, '-tune', 'zerolatency', '-profile:v', 'main', '-sc_threshold', '0'],
    ...bufferedRate(rung),
    ...(threads === undefined ? [] : ['-threads', String(threads)]),
  ];
}

function x265(rung: VideoRendition): string[] {
  const { preset = 'ultrafast', threads } = rung.encoder ?? {};
  const parameters = [
    // ffmpeg's `-threads`, auto by default, would be frames at once, each of them a frame of delay on a large machine.
    'frame-threads=1',
    ...['scenecut=0', 'open-gop=0', 'info=0', 'log-level=0'],
    ...(threads === undefined ? [] : [`pools=${threads}`]),
  ];
  return [
    ...['-c:v', 'libx265', '-preset', preset, '-tune', 'zerolatency', '-profile:v', 'main', '-tag:v', 'hvc1'],
    ...['-x265-params', parameters.join(':')],
    ...bufferedRate(rung),
  ];
}

function bufferedRate({ bitrate, encoder = {} }: VideoRendition): string[] {
  const { crf, bitrateMax, bufferBits } = encoder;
  return [
    ...(crf === undefined ? ['-b:v', String(bitrate)] : ['-crf', String(crf)]),
    ...['-maxrate', String(bitrateMax ?? Math.round(bitrate * 1.1))],
    ...['-bufsize', String(bufferBits ?? bitrate)],
  ];
}

/** Presets of x264 as speeds of libaom in its realtime usage, which knows 5 to 8 here. */
const libaomSpeeds: Readonly<Record<string, number>> = { veryfast: 7, faster: 6, fast: 6 };
const slowPresets = ['medium', 'slow', 'slower', 'veryslow'];

function libaom(rung: VideoRendition): string[] {
  const { preset = 'superfast', threads } = rung.encoder ?? {};
  const speed = slowPresets.includes(preset) ? 5 : (libaomSpeeds[preset] ?? 8);
  return [
    ...['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', String(speed), '-lag-in-frames', '0', '-row-mt', '1'],
    ...av1Rate(rung),
    ...(threads === undefined ? [] : ['-threads', String(threads)]),
  ];
}

const svtPresets: Readonly<Record<string, number>> = {
  ...{ ultrafast: 12, superfast: 11, veryfast: 10, faster: 9, fast: 8, medium: 7, slow: 6, slower: 5, veryslow: 4 },
};
/** SVT-AV1's preset where none was ordered. */
const svtPresetUsual = 12;

function svtAv1(rung: VideoRendition): string[] {
  const { preset = '', threads, crf } = rung.encoder ?? {};
  const parameters = [
    'pred-struct=1',
    ...(crf === undefined ? ['rc=2'] : []),
    ...(threads === undefined ? [] : [`lp=${threads}`]),
  ];
  return [
    ...['-c:v', 'libsvtav1', '-preset', String(svtPresets[preset] ?? svtPresetUsual)],
    ...['-svtav1-params', parameters.join(':')],
    ...(crf === undefined ? ['-b:v', String(rung.bitrate)] : ['-crf', String(av1Crf(crf))]),
  ];
}

/** Both rates the same: the only rate control that libaom has for realtime is a constant rate. */
function av1Rate({ bitrate, encoder = {} }: VideoRendition): string[] {
  const { crf, bitrateMax, bufferBits } = encoder;
  if (crf !== undefined) {
    return ['-crf', String(av1Crf(crf)), '-b:v', String(bitrateMax ?? Math.round(bitrate * 1.1))];
  }
  const rate = String(bitrate);
  return ['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', String(bufferBits ?? bitrate)];
}

/** AV1's scale ends at 63, that of x264 at 51. */
function av1Crf(crf: number): number {
  return Math.round((crf * 63) / 51);
}
