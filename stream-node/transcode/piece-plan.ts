import { aacFrameSamples } from '../contract/profiles';
import type { PieceFacts } from '../ingest/pieces/piece-facts';
import { framesPerSecond } from './frame-rate';

/** What the piece before leaves to the next one. */
export type PieceBefore = {
  /** where the next one begins on the stream's timeline, in seconds */
  readonly endSeconds: number;
  readonly audioEndSeconds: number | null;
  readonly hasPicture: boolean;
};

/**
 * `copy`: its samples go on as they are; `encode`: something would be missing, or not every player could show it; `none`:
 * neither the piece nor the stream so far has such a track
 */
export type TrackPlan = 'copy' | 'encode' | 'none';

/** How one piece becomes one segment. */
export type PiecePlan = {
  readonly picture: TrackPlan;
  readonly sound: TrackPlan;
  /** the time in the file that comes to lie at `startSeconds` */
  readonly originSeconds: number;
  /** on the stream's timeline */
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** sound that begins before this, in seconds after the origin, was heard already, or only fills the decoder */
  readonly soundFromSeconds: number;
  /** the picture of the piece before is held until the first one of this piece */
  readonly holdsLastPicture: boolean;
  /** tracks and decoder configuration of the segment */
  readonly layout: string;
};

/** Tracks that lie closer than this begin and end together; it is more than a frame of sound and its priming. */
const togetherSeconds = 0.05;
/** A file whose first sample is this near to its zero counts from there. */
const nearZeroSeconds = 0.1;
/** Two cuts of one recording: their sound joins without a seam if the second is moved by no more than this. */
const seamSeconds = 0.025;
const copiedProfiles = new Set(['Constrained Baseline', 'Baseline', 'Main', 'High']);
const copiedSidesMax = { longer: 1920, shorter: 1088 };

/**
 * Decides where on the stream's timeline a piece lies and whether its samples can be kept.
 *
 * A piece lasts as long as its picture where both tracks lie together: a frame of AAC seldom ends with the picture, and a
 * broadcast must not last longer than what it shows. Where a cut took a part of the picture away, it lasts as long as its
 * sound, and the last picture is held.
 */
export function planPiece(facts: PieceFacts, before: PieceBefore | null): PiecePlan {
  const { video, audio } = facts;
  const isTogether =
    video !== undefined &&
    audio !== undefined &&
    Math.abs(video.startSeconds - audio.startSeconds) <= togetherSeconds &&
    Math.abs(video.endSeconds - audio.endSeconds) <= togetherSeconds;
  const master = isTogether ? video : (audio ?? video);
  const first = Math.min(
    video?.startSeconds ?? Number.POSITIVE_INFINITY,
    audio?.startSeconds ?? Number.POSITIVE_INFINITY,
  );
  const originSeconds = Math.abs(first) < nearZeroSeconds ? 0 : (master?.startSeconds ?? 0);
  const durationSeconds = (master?.endSeconds ?? 0) - originSeconds;
  const startSeconds = startOf(facts, originSeconds, before, isTogether);
  const halfFrame = aacFrameSamples / (audio?.sampleRate ?? 48_000) / 2;
  const heardSeconds = before?.audioEndSeconds == null ? 0 : before.audioEndSeconds - startSeconds;
  const span = { originSeconds, durationSeconds };
  const picture = video === undefined ? missing(before?.hasPicture === true) : kept(isCopiedPicture(video, span));
  const sound = audio === undefined ? missing(before?.audioEndSeconds != null) : kept(isCopiedSound(audio, span));
  const frame = video === undefined ? 0 : 1 / framesPerSecond(video.frameRate);
  const isPictureLate = video === undefined || video.startSeconds - originSeconds > 1.5 * frame;
  return {
    ...{ picture, sound },
    ...{ originSeconds, startSeconds, durationSeconds },
    soundFromSeconds: Math.max(-halfFrame, heardSeconds < 2 * togetherSeconds ? heardSeconds - halfFrame : 0),
    holdsLastPicture: picture === 'encode' && before?.hasPicture === true && isPictureLate,
    layout: `${pictureLayout(picture, facts, before)} ${sound} ${sound === 'copy' ? facts.audio?.configuration : ''}`,
  };
}

/** Right after the piece before; a cut of the same recording is moved by less than a frame of sound, so that no sample is lost. */
function startOf(facts: PieceFacts, originSeconds: number, before: PieceBefore | null, isTogether: boolean): number {
  const start = before?.endSeconds ?? 0;
  const { audio } = facts;
  if (before?.audioEndSeconds == null || audio === undefined || audio.hasPriming || isTogether) {
    return start;
  }
  const seam = start + audio.startSeconds - originSeconds - before.audioEndSeconds;
  return Math.abs(seam) <= seamSeconds ? start - seam : start;
}

type Span = { originSeconds: number; durationSeconds: number };

function isCopiedPicture(video: NonNullable<PieceFacts['video']>, { originSeconds, durationSeconds }: Span): boolean {
  const sides = [video.width, video.height].sort((a, b) => b - a);
  const slack = 1.5 / framesPerSecond(video.frameRate);
  return (
    video.codec === 'h264' &&
    copiedProfiles.has(video.profile) &&
    video.pixelFormat === 'yuv420p' &&
    (sides[0] ?? 0) <= copiedSidesMax.longer &&
    (sides[1] ?? 0) <= copiedSidesMax.shorter &&
    !video.isTurned &&
    !video.hasHiddenFrames &&
    video.startsWithKeyframe &&
    Math.abs(video.startSeconds - originSeconds) <= slack &&
    Math.abs(video.endSeconds - originSeconds - durationSeconds) <= slack
  );
}

function isCopiedSound(audio: NonNullable<PieceFacts['audio']>, { originSeconds, durationSeconds }: Span): boolean {
  return (
    audio.codec === 'aac' &&
    audio.profile === 'LC' &&
    audio.channels <= 2 &&
    Math.abs(audio.startSeconds - originSeconds) <= togetherSeconds &&
    Math.abs(audio.endSeconds - originSeconds - durationSeconds) <= 2 * togetherSeconds
  );
}

function missing(isWanted: boolean): TrackPlan {
  return isWanted ? 'encode' : 'none';
}

function kept(isKept: boolean): TrackPlan {
  return isKept ? 'copy' : 'encode';
}

/** The configuration of an encoder of ours follows from the picture's size and rate. */
function pictureLayout(picture: TrackPlan, { video }: PieceFacts, before: PieceBefore | null): string {
  if (picture === 'encode') {
    return video === undefined
      ? `held ${before?.hasPicture}`
      : `encoded ${video.width}x${video.height} ${framesPerSecond(video.frameRate)}`;
  }
  return `${picture} ${video?.configuration ?? ''}`;
}
