import { customCutPlan } from '../contract/custom-cut-plan';
import type { CustomOutput } from '../contract/custom-output';
import type { SourceContainer } from '../contract/ingest-protocol';
import {
  type AudioRendition,
  commentaryAudio,
  planLadder,
  type Rendition,
  stereoAudio,
  type VideoRendition,
} from '../contract/ladder';
import { audioCutPlan, type CutPlan, type FrameRate, type LatencyProfile, videoCutPlan } from '../contract/profiles';
import { framesPerSecond } from './frame-rate';
import type { ProbedSource } from './probed-source';

/**
 * The least that is added to an output's timestamps, in seconds, so that the priming of the AAC encoder (one frame before the
 * first sample) never makes a decode time negative.
 */
export const leastOutputOffsetSeconds = 1;

/** What the first session of a stream fixes for all later ones. */
export type FixedLadder = { readonly renditions: readonly Rendition[]; readonly cut: CutPlan };

export type TranscodePlan = {
  readonly container: SourceContainer;
  /** taken from the source's timestamps: what they lie above container time by, in seconds */
  readonly timestampBaseSeconds?: number;
  readonly cut: CutPlan;
  /**
   * Added to all times of the source, at most half the length of a frame either way, and a little more for an encoder's: it puts the first frame onto a slot of the output's
   * frame rate, and with it every frame of a regular camera. Where they lie between two slots, jitter throws each now on one
   * and now on the other, and the event clock of the picture is wrong by as much.
   */
  readonly gridShiftSeconds: number;
  /**
   * Added to the timestamps of every output, in whole milliseconds: media time = container time of the source +
   * `gridShiftSeconds` + this, in seconds.
   */
  readonly outputOffsetSeconds: number;
  /** The sound begins well after the picture: until then there is silence. */
  readonly soundIsLate?: boolean;
  /** The best picture is taken over from the source as it is. */
  readonly copiesBest?: boolean;
  /** best picture first; empty for an audio-only source */
  readonly video: readonly VideoRendition[];
  /** empty for a source without sound */
  readonly audio: readonly AudioRendition[];
  /** renditions that the stream has and this source cannot feed, because it has no such track */
  readonly missing: readonly Rendition[];
};

/** All renditions of a plan in the order of the transcoder's outputs: video, then audio. */
export function plannedRenditions(plan: TranscodePlan): readonly Rendition[] {
  return [...plan.video, ...plan.audio];
}

/** The rungs that are not copied. */
export function encodedPictures({ video, copiesBest }: TranscodePlan): readonly VideoRendition[] {
  return copiesBest ? video.slice(1) : video;
}

/**
 * Which renditions are made of a source, and how they are cut. For the first session of a stream the source decides; a
 * later session keeps what the first one fixed, frame rate and sizes included (RFC 8216bis 6.2.4), and its picture is
 * fitted into them.
 *
 * @throws RangeError when the source has neither picture nor sound, or nothing in common with the fixed ladder
 */
export function planTranscode(input: {
  container: SourceContainer;
  timestampBaseSeconds?: number | undefined;
  probed: ProbedSource;
  profile: LatencyProfile;
  fixed?: FixedLadder;
  /** what was ordered, in the place of what would be planned */
  custom?: CustomOutput | undefined;
}): TranscodePlan {
  const { container, timestampBaseSeconds = 0, probed, profile, fixed, custom } = input;
  const wanted = fixed ?? (custom ? orderedLadder(custom, probed) : firstLadder(probed, profile));
  const feeds = (rendition: Rendition) => (rendition.kind === 'video' ? probed.video : probed.audio) !== undefined;
  const fed = wanted.renditions.filter(feeds);
  if (fed.length === 0) {
    throw new RangeError(
      fixed || custom
        ? 'the source has none of the tracks this stream is made of'
        : 'the source has neither picture nor sound',
    );
  }
  const video = fed.filter((rendition) => rendition.kind === 'video');
  const frameSeconds = (probed.video?.frameSeconds ?? []).map((seconds) => seconds - timestampBaseSeconds);
  return {
    container,
    timestampBaseSeconds,
    cut: wanted.cut,
    gridShiftSeconds: (container === 'flv' ? encoderShiftSeconds : gridShiftSeconds)(frameSeconds, video[0]?.frameRate),
    outputOffsetSeconds: leastOutputOffsetSeconds,
    soundIsLate: video.length > 0 && isLate(probed.audio?.startSeconds, timestampBaseSeconds),
    video,
    audio: fed.filter((rendition) => rendition.kind === 'audio'),
    missing: wanted.renditions.filter((rendition) => !feeds(rendition)),
  };
}

/** From here on ffmpeg's resampler fills in silence at once; what is shorter it would stretch the sound over. */
const lateSeconds = 0.1;

function isLate(startSeconds: number | undefined, timestampBaseSeconds: number): boolean {
  return startSeconds === undefined || startSeconds - timestampBaseSeconds > lateSeconds;
}

/** Half of the frames lie before their slot and half behind it: the mean of their places between two slots, as on a clock face. */
function gridShiftSeconds(frameSeconds: readonly number[], frameRate: FrameRate | undefined): number {
  if (frameSeconds.length === 0 || frameRate === undefined) {
    return 0;
  }
  const fps = framesPerSecond(frameRate);
  const angles = frameSeconds.map((seconds) => 2 * Math.PI * seconds * fps);
  const sum = (part: (angle: number) => number) => angles.reduce((total, angle) => total + part(angle), 0);
  return -Math.atan2(sum(Math.sin), sum(Math.cos)) / (2 * Math.PI * fps);
}

/** What an encoder's sound may be ahead of its picture at the beginning, by the frames it needs to begin, in seconds. */
const pictureLateMax = 0.05;

/**
 * The same, and the first frame onto the very first slot, so that a picture that is copied begins where those that are encoded
 * do, and its keyframes are theirs.
 */
function encoderShiftSeconds(frameSeconds: readonly number[], frameRate: FrameRate | undefined): number {
  const shiftSeconds = gridShiftSeconds(frameSeconds, frameRate);
  if (frameSeconds.length === 0 || frameRate === undefined) {
    return shiftSeconds;
  }
  const fps = framesPerSecond(frameRate);
  const lateSeconds = Math.round((Math.min(...frameSeconds) + shiftSeconds) * fps) / fps;
  return lateSeconds > 0 && lateSeconds <= pictureLateMax ? shiftSeconds - lateSeconds : shiftSeconds;
}

/** The ladder and cuts that a first session fixes: what to keep for {@link planTranscode} of the next one. */
export function firstLadder(probed: ProbedSource, profile: LatencyProfile): FixedLadder {
  if (!probed.video) {
    return { renditions: probed.audio ? [commentaryAudio] : [], cut: audioCutPlan() };
  }
  const audio = probed.audio ? [stereoAudio, commentaryAudio] : [];
  return {
    renditions: [...planLadder(probed.video), ...audio],
    cut: videoCutPlan(profile, probed.video.frameRate),
  };
}

/** The ladder that was ordered, as far as the source has the tracks for it. */
function orderedLadder(custom: CustomOutput, probed: ProbedSource): FixedLadder {
  const frameRate = custom.video.length > 0 ? (custom.frameRate ?? probed.video?.frameRate ?? null) : null;
  const video = frameRate === null ? [] : custom.video.map((rendition) => ({ ...rendition, frameRate }));
  return { renditions: [...video, ...custom.audio], cut: customCutPlan(custom, probed.video ? frameRate : null) };
}
