import { audioPartSeconds, usualAudioCodec } from '../contract/codecs';
import type { Rendition, VideoRendition } from '../contract/ladder';
import type { CutPlan } from '../contract/profiles';

// Decides where parts and segments are cut; never stores anything.

/** What a cut ends: nothing, the part, or the part and its segment. */
export type Cut = 'none' | 'part' | 'segment';

export type CutRule = {
  kind: Rendition['kind'];
  /** how long a full part lasts: a whole number of frames, 85 to 100 % of the part target (RFC 8216bis 4.4.4.9) */
  partSeconds: number;
  partTargetSeconds: number;
  segmentSeconds: number;
  /** media time at which the session's first segment begins, in every rendition */
  originSeconds: number;
  /** how far a picture's keyframes lie apart */
  gopSeconds?: number;
};

/** What is open when a fragment comes. */
export type OpenMedia = {
  /** counts the segments of the session from 0 */
  segmentIndex: number;
  /** published and held media of the open segment */
  segmentSeconds: number;
  /** media held for the next part, not published */
  heldSeconds: number;
};

export type FragmentTiming = { startSeconds: number; durationSeconds: number; startsWithKeyframe: boolean };

/** Half of the shortest frame there is (240 fps): rounding of ticks is smaller, a frame is larger. */
const toleranceSeconds = 0.002;

export function cutRule(rendition: Rendition, cut: CutPlan, originSeconds: number): CutRule {
  const partSeconds =
    rendition.kind === 'video'
      ? cut.videoPartFrames / framesPerSecond(rendition)
      : audioPartSeconds(rendition.codec ?? usualAudioCodec, cut);
  const { partTargetSeconds, segmentSeconds } = cut;
  const gop = rendition.kind === 'video' && { gopSeconds: cut.gopFrames / framesPerSecond(rendition) };
  return { kind: rendition.kind, partSeconds, partTargetSeconds, segmentSeconds, originSeconds, ...gop };
}

/**
 * What ends before `next` is taken in. A video segment ends only where a keyframe follows, so that every segment is
 * independent (EXT-X-INDEPENDENT-SEGMENTS); a part ends before it would pass the part target.
 */
export function cutBefore(open: OpenMedia, next: FragmentTiming, rule: CutRule): Cut {
  const opensSegment = rule.kind === 'video' && next.startsWithKeyframe && open.segmentSeconds > 0;
  if (opensSegment && isPastBoundary(open.segmentIndex, next.startSeconds, rule)) {
    return 'segment';
  }
  const fits = fitsPartTarget(open.heldSeconds + next.durationSeconds, rule);
  return open.heldSeconds > 0 && !fits ? 'part' : 'none';
}

/** What ends with the media that ends at `endSeconds`: a full part, and with it an audio segment past its boundary. */
export function cutAfter(open: OpenMedia, endSeconds: number, rule: CutRule): Cut {
  if (open.heldSeconds < rule.partSeconds - toleranceSeconds) {
    return 'none';
  }
  return rule.kind === 'audio' && isPastBoundary(open.segmentIndex, endSeconds, rule) ? 'segment' : 'part';
}

/**
 * Whether the segment after `segmentIndex` is expected to begin at `endSeconds`, where the published media ends: for a picture with the
 * first keyframe past the boundary. Where an encoder takes another's place, its keyframes lie beside the grid that begins with
 * the rendition that was furthest behind.
 *
 * @param beginSeconds where the rendition began in this session
 */
export function beginsNext(segmentIndex: number, endSeconds: number, beginSeconds: number, rule: CutRule): boolean {
  const gops = rule.gopSeconds === undefined ? 0 : (endSeconds - beginSeconds) / rule.gopSeconds;
  const isKeyframeDue = Math.abs(gops - Math.round(gops)) * (rule.gopSeconds ?? 0) < toleranceSeconds;
  return isKeyframeDue && isPastBoundary(segmentIndex, endSeconds, rule);
}

/** Compared to the microsecond: sums of frames are not exact in binary. */
export function fitsPartTarget(seconds: number, rule: CutRule): boolean {
  return seconds <= rule.partTargetSeconds + 1e-6;
}

/**
 * Whether media time `seconds` is past the end of the session's segment `segmentIndex` on the grid that all renditions
 * share. After it a video segment goes on only if its keyframe is late.
 */
export function isPastBoundary(segmentIndex: number, seconds: number, rule: CutRule): boolean {
  return seconds >= rule.originSeconds + (segmentIndex + 1) * rule.segmentSeconds - toleranceSeconds;
}

function framesPerSecond({ frameRate: { numerator, denominator } }: VideoRendition): number {
  return numerator / denominator;
}
