import { audioFrameSamples, audioPartFrames, usualAudioCodec } from '../contract/codecs';
import type { AudioRendition, Rendition, VideoRendition } from '../contract/ladder';
import { audioSampleRate, type CutPlan } from '../contract/profiles';
import type { FfmpegAbilities } from './ffmpeg-abilities';
import { framesPerSecond } from './frame-rate';
import { pictureEncoder, pictureMuxing } from './picture-encoder';
import { slotOf } from './picture-graph';
import { soundEncoder, soundFrom } from './sound-encoder';
import { encodedPictures, type TranscodePlan } from './transcode-plan';

// ffmpeg's options for one output: how a rendition is encoded, and how it is cut into fragments.

/** @param beginAt the filters' time at which the output begins, in seconds; `undefined`: with the source */
export function renditionEncoding(
  rendition: Rendition,
  plan: TranscodePlan,
  abilities: FfmpegAbilities,
  beginAt: number | undefined,
): string[] {
  if (rendition.kind === 'audio') {
    return audioEncoding(rendition, plan, abilities, beginAt);
  }
  const index = encodedPictures(plan).indexOf(rendition);
  return index < 0 ? pictureCopy(rendition) : videoEncoding(rendition, index, plan.cut, abilities);
}

/** FLV counts milliseconds: each frame is put exactly onto its slot, where `fps` puts the same one for the other rungs. */
function pictureCopy(rung: VideoRendition): string[] {
  const timescale = videoTimescale(rung);
  const frameTicks = Math.round(timescale / framesPerSecond(rung.frameRate));
  const toSlots = `setts=time_base=1/${timescale}:ts=round(TS/${frameTicks})*${frameTicks}:duration=${frameTicks}`;
  return ['-map', '0:v:0', '-c:v', 'copy', '-bsf:v', toSlots, '-video_track_timescale', String(timescale)];
}

/** @param index of the rung in the picture graph */
export function videoEncoding(rung: VideoRendition, index: number, cut: CutPlan, abilities: FfmpegAbilities): string[] {
  const { numerator, denominator } = rung.frameRate;
  return [
    ...['-map', `[v${index}]`],
    // A constant rate and no scene cuts: keyframe n is frame n × GOP in every rung, whatever the source.
    ...['-fps_mode', 'cfr', '-r', `${numerator}/${denominator}`],
    ...pictureEncoder(rung, cut, abilities),
    ...['-video_track_timescale', String(videoTimescale(rung))],
  ];
}

function audioEncoding(
  rendition: AudioRendition,
  { soundIsLate = false }: TranscodePlan,
  abilities: FfmpegAbilities,
  beginAt: number | undefined,
): string[] {
  // Fills what is missing with silence, without moving what is there. With `first_pts` it fills what is missing before the
  // first sound too, but pulls a sound that begins within a tenth of a second of it.
  const filling = soundIsLate ? 'async=1000:first_pts=0' : 'async=1000';
  return [
    ...['-map', '0:a:0', ...soundEncoder(rendition, abilities)],
    ...(beginAt === undefined ? ['-af', `aresample=${filling}`] : soundFrom(rendition, beginAt, filling)),
  ];
}

/** Ticks per second in which every frame of the rate lasts a whole number of ticks, and so does a second. */
function videoTimescale({ frameRate }: VideoRendition): number {
  return frameRate.denominator === 1 ? frameRate.numerator * 1000 : frameRate.numerator;
}

/** Fragments of exactly one part, each track in an output (and muxer) of its own. */
export function renditionFragments(
  rendition: Rendition,
  { cut, outputOffsetSeconds }: Pick<TranscodePlan, 'cut' | 'outputOffsetSeconds'>,
  beginAt: number | undefined,
): string[] {
  const flags = ['empty_moov', 'default_base_moof', 'frag_discont', 'skip_trailer'];
  const own = rendition.kind === 'video' ? pictureMuxing(rendition) : { flags: [], options: [] };
  if (rendition.kind === 'video') {
    flags.unshift('frag_keyframe', ...own.flags);
  }
  const slot = rendition.kind === 'video' ? slotOf(beginAt, rendition) : undefined;
  const countedFrom = rendition.kind === 'video' ? (slot ?? 0) / framesPerSecond(rendition.frameRate) : 0;
  const offsetSeconds = outputOffsetSeconds + countedFrom;
  return [
    ...['-movflags', `+${flags.join('+')}`, '-frag_duration', String(fragmentMicroseconds(rendition, cut))],
    // Without this each muxer moves its own first timestamp to zero, and sound comes 20 ms early.
    ...['-avoid_negative_ts', 'disabled', '-output_ts_offset', offsetSeconds.toFixed(6)],
    ...['-flush_packets', '1', ...own.options, '-f', 'mp4'],
  ];
}

/** The muxer cuts at the first frame that begins this long after the fragment: half a frame less than a part is exact. */
function fragmentMicroseconds(rendition: Rendition, cut: CutPlan): number {
  return Math.round(fragmentSeconds(rendition, cut) * 1_000_000);
}

function fragmentSeconds(rendition: Rendition, cut: CutPlan): number {
  if (rendition.kind === 'video') {
    return (cut.videoPartFrames - 0.5) / framesPerSecond(rendition.frameRate);
  }
  const codec = rendition.codec ?? usualAudioCodec;
  return ((audioPartFrames(codec, cut) - 0.5) * audioFrameSamples[codec]) / audioSampleRate;
}
