import { audioFrameSamples, audioPartFrames, usualAudioCodec } from '../contract/codecs';
import type { Rendition } from '../contract/ladder';
import { audioSampleRate, type CutPlan } from '../contract/profiles';
import type { InitFragment, MediaFragment } from '../isobmff/fragment-reader';

/** For tests: where ffmpeg puts the source's time zero, as in the real command. */
export const outputTsOffsetSeconds = 1;

/** For tests: an init section of the rendition; its bytes are no real boxes. @param variant another encoder's */
export function syntheticInit(rendition: Rendition, variant = ''): InitFragment {
  const { timescale } = frameTiming(rendition);
  return {
    kind: 'init',
    bytes: Buffer.from(`init of ${rendition.id}${variant}`),
    track: { kind: rendition.kind, timescale, codec: rendition.kind === 'video' ? 'avc1.4d400b' : 'mp4a.40.2' },
  };
}

/**
 * For tests: what ffmpeg would put out for `seconds` of source, in fragments of `framesPerFragment`. Audio begins one frame
 * early, as AAC priming does; every frame is one byte.
 *
 * @param options.beginSeconds media time of the first frame, of an encoder that takes another's place; `seconds` count from there
 */
export function syntheticFragments(
  rendition: Rendition,
  cut: CutPlan,
  options: { seconds: number; framesPerFragment?: number; beginSeconds?: number | undefined },
): MediaFragment[] {
  const { timescale, frameTicks } = frameTiming(rendition);
  const isVideo = rendition.kind === 'video';
  const partFrames = isVideo ? cut.videoPartFrames : audioPartFrames(rendition.codec ?? usualAudioCodec, cut);
  const framesPerFragment = options.framesPerFragment ?? partFrames;
  const frames = Math.round((options.seconds * timescale) / frameTicks);
  const startTicks =
    options.beginSeconds === undefined
      ? outputTsOffsetSeconds * timescale - (isVideo ? 0 : frameTicks)
      : Math.round(options.beginSeconds * timescale);
  const fragments: MediaFragment[] = [];
  for (let first = 0; first < frames; first += framesPerFragment) {
    const sampleCount = Math.min(framesPerFragment, frames - first);
    fragments.push({
      kind: 'fragment',
      bytes: Buffer.alloc(sampleCount, first % 251),
      decodeTimeTicks: startTicks + first * frameTicks,
      durationTicks: sampleCount * frameTicks,
      startsWithKeyframe: !isVideo || first % cut.gopFrames === 0,
      sampleCount,
    });
  }
  return fragments;
}

/** For tests: when the last sample of a fragment ends, in seconds of media time. */
export function endSeconds(rendition: Rendition, fragment: MediaFragment): number {
  return (fragment.decodeTimeTicks + fragment.durationTicks) / frameTiming(rendition).timescale;
}

function frameTiming(rendition: Rendition): { timescale: number; frameTicks: number } {
  if (rendition.kind === 'audio') {
    return { timescale: audioSampleRate, frameTicks: audioFrameSamples[rendition.codec ?? usualAudioCodec] };
  }
  const { numerator, denominator } = rendition.frameRate;
  return { timescale: numerator * 10, frameTicks: denominator * 10 };
}
