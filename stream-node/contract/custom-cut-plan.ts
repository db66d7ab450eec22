import { type AudioCodec, longestAudioSegmentSeconds, usualAudioCodec } from './codecs';
import type { CustomOutput } from './custom-output';
import { aacFrameSamples, audioCutPlan, audioSampleRate, type CutPlan, type FrameRate } from './profiles';

/** What a part would best last: as long as those of the usual profile. */
const idealPartSeconds = 0.342;
/**
 * A part that is shorter holds too few frames of sound (20 to 24 ms) for it to come within 85 % of the target; one that is
 * longer makes an audio segment, which ends with a part, round to more than was ordered.
 */
const partSecondsMin = 0.16;
const partSecondsMax = 0.5;
/** A GOP that is off by so much is as bad as a part that is off by this times as much. */
const gopWeight = 4;

type Order = Pick<CustomOutput, 'gopSeconds' | 'segmentSeconds' | 'isLowLatency'> & {
  /** only their codecs count */
  audio: readonly Pick<CustomOutput['audio'][number], 'codec'>[];
};
type Parts = { partFrames: number; gopFrames: number };

/**
 * How media is cut whose GOP and segments were ordered. A GOP is a whole number of parts, so that none is cut short by a
 * keyframe, and every part lasts 85 to 100 % of the target, picture and sound (RFC 8216bis 4.4.4.9): where the ordered GOP
 * cannot be divided so, it is made a frame or two longer or shorter.
 *
 * @param frameRate of the picture; `null` for sound alone
 */
export function customCutPlan(
  { gopSeconds, segmentSeconds, isLowLatency, audio }: Order,
  frameRate: FrameRate | null,
): CutPlan {
  const hidden = isLowLatency ? {} : { hidesParts: true };
  const codecs = audio.map(({ codec }) => codec ?? usualAudioCodec);
  if (frameRate === null) {
    const cut = { ...audioCutPlan(), segmentSeconds };
    return { ...cut, targetDurationSeconds: longestSegment(cut, codecs), ...hidden };
  }
  const framesPerSecond = frameRate.numerator / frameRate.denominator;
  const { partFrames, gopFrames } = divide(gopSeconds, framesPerSecond);
  // Rounded up, so that the picture's part never is longer.
  const partTargetSeconds = Math.ceil((partFrames / framesPerSecond) * 1000 - 1e-6) / 1000;
  const cut = {
    partTargetSeconds,
    partHoldBackSeconds: Math.round(partTargetSeconds * 3000) / 1000,
    videoPartFrames: partFrames,
    audioPartFrames: Math.max(1, Math.floor((partTargetSeconds * audioSampleRate) / aacFrameSamples)),
    gopFrames,
    segmentSeconds:
      (Math.max(1, Math.round((segmentSeconds * framesPerSecond) / gopFrames)) * gopFrames) / framesPerSecond,
  };
  return { ...cut, targetDurationSeconds: longestSegment(cut, codecs), ...hidden };
}

/** The division of a GOP that is nearest to what was ordered and to an ideal part. */
function divide(gopSeconds: number, framesPerSecond: number): Parts {
  const wantedFrames = Math.max(1, Math.round(gopSeconds * framesPerSecond));
  const offBy = ({ partFrames, gopFrames }: Parts) =>
    (gopWeight * Math.abs(gopFrames - wantedFrames)) / framesPerSecond +
    Math.abs(partFrames / framesPerSecond - idealPartSeconds);
  const wholeFrames = Math.max(wantedFrames, Math.ceil(partSecondsMin * framesPerSecond));
  const whole = { partFrames: wholeFrames, gopFrames: wholeFrames };
  const divided = Array.from({ length: wantedFrames }, (_, index) => {
    const partFrames = Math.max(1, Math.round(wantedFrames / (index + 1)));
    return { partFrames, gopFrames: partFrames * (index + 1) };
  }).filter(({ partFrames }) => {
    const seconds = partFrames / framesPerSecond;
    return seconds >= partSecondsMin && seconds <= partSecondsMax;
  });
  return divided.reduce((best, parts) => (offBy(parts) < offBy(best) ? parts : best), divided[0] ?? whole);
}

/** What the longest segment rounds to. */
function longestSegment(cut: CutPlan, codecs: readonly AudioCodec[]): number {
  const sounds = codecs.map((codec) => Math.round(longestAudioSegmentSeconds(codec, cut)));
  return Math.max(Math.ceil(cut.segmentSeconds - 1e-6), ...sounds);
}
