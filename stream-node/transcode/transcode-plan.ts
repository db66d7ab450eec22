import type { RecorderContainer } from '../contract/ingest-protocol';
import {
  type AudioRendition,
  commentaryAudio,
  planLadder,
  type Rendition,
  stereoAudio,
  type VideoRendition,
} from '../contract/ladder';
import { audioCutPlan, type CutPlan, type LatencyProfile, videoCutPlan } from '../contract/profiles';
import type { ProbedSource } from './source-probe';

/**
 * What is added to every output's timestamps, in seconds, so that the priming of the AAC encoder (one frame before the
 * first sample) never makes a decode time negative. In all outputs: media time = container time of the source + this.
 */
export const outputOffsetSeconds = 1;

/** What the first session of a stream fixes for all later ones. */
export type FixedLadder = { readonly renditions: readonly Rendition[]; readonly cut: CutPlan };

export type TranscodePlan = {
  readonly container: RecorderContainer;
  readonly cut: CutPlan;
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

/**
 * Which renditions are made of a source, and how they are cut. For the first session of a stream the source decides; a
 * later session keeps what the first one fixed, frame rate and sizes included (RFC 8216bis 6.2.4), and its picture is
 * fitted into them.
 *
 * @throws RangeError when the source has neither picture nor sound, or nothing in common with the fixed ladder
 */
export function planTranscode(input: {
  container: RecorderContainer;
  probed: ProbedSource;
  profile: LatencyProfile;
  fixed?: FixedLadder;
}): TranscodePlan {
  const { container, probed, profile, fixed } = input;
  const wanted = fixed ?? firstLadder(probed, profile);
  const feeds = (rendition: Rendition) => (rendition.kind === 'video' ? probed.video : probed.audio) !== undefined;
  const fed = wanted.renditions.filter(feeds);
  if (fed.length === 0) {
    throw new RangeError(
      fixed ? 'the source has none of the tracks this stream began with' : 'the source has neither picture nor sound',
    );
  }
  return {
    container,
    cut: wanted.cut,
    video: fed.filter((rendition) => rendition.kind === 'video'),
    audio: fed.filter((rendition) => rendition.kind === 'audio'),
    missing: wanted.renditions.filter((rendition) => !feeds(rendition)),
  };
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
