import { z } from 'zod';

/** A frame rate as a fraction, so that 29.97 is exactly 30000/1001. */
export const FrameRate = z.object({ numerator: z.int().min(1).max(240_000), denominator: z.int().min(1).max(1001) });
export type FrameRate = z.infer<typeof FrameRate>;

export const LatencyProfile = z.enum(['balanced', 'lowest-latency']);
export type LatencyProfile = z.infer<typeof LatencyProfile>;

/** The one sample rate of all AAC renditions, in hertz. */
export const audioSampleRate = 48_000;
/** Samples in one AAC-LC frame (ISO/IEC 14496-3). */
export const aacFrameSamples = 1024;

/**
 * EXT-X-TARGETDURATION of every media playlist, in seconds; fixed for the life of a stream (RFC 8216bis 6.2.1). What is made
 * to order may have another one: {@link targetDurationOf}.
 */
export const targetDurationSeconds = 2;

/** So many segments are joined into one in thin-data mode: a third of the requests, and none for parts. */
export const joinedSegmentCount = 3;

/**
 * What a live playlist holds of a stream without rewind, in seconds: thin-data mode keeps three joined segments from the
 * edge (RFC 8216bis 6.3.3), and makes the next one meanwhile.
 */
export function leastWindowSeconds(cut: CutPlan): number {
  return 4 * joinedSegmentCount * targetDurationOf(cut);
}

/**
 * How the media of a stream is cut. Fixed for a stream's life and equal in all its renditions; every part then lasts
 * 85 to 100 % of the part target (RFC 8216bis 4.4.4.9).
 */
export type CutPlan = {
  /** EXT-X-PART-INF:PART-TARGET in seconds */
  partTargetSeconds: number;
  /** PART-HOLD-BACK in seconds: three part targets (RFC 8216bis 4.4.3.8, SHOULD) */
  partHoldBackSeconds: number;
  /** frames of a video part; 0 for an audio-only stream */
  videoPartFrames: number;
  /** AAC frames of an audio part */
  audioPartFrames: number;
  /** frames between keyframes; 0 for an audio-only stream */
  gopFrames: number;
  /** the length of a segment: two GOPs, or the nominal 2 s of an audio-only stream */
  segmentSeconds: number;
  /** EXT-X-TARGETDURATION; absent: two seconds */
  targetDurationSeconds?: number | undefined;
  /** players are shown whole segments alone */
  hidesParts?: boolean | undefined;
};

/** EXT-X-TARGETDURATION of a stream that is cut so. */
export function targetDurationOf(cut: CutPlan): number {
  return cut.targetDurationSeconds ?? targetDurationSeconds;
}

/**
 * With the shortest delay parts of sound have a frame less than the part target holds: sound leaves the encoder later than the
 * picture (it looks a frame ahead, and needs the next one), so the player waits for it, and a frame less is 21 ms less.
 */
const videoProfiles: Record<LatencyProfile, { partTargetSeconds: number; audioPartFrames: number; gopParts: number }> =
  {
    balanced: { partTargetSeconds: 0.342, audioPartFrames: 16, gopParts: 3 },
    'lowest-latency': { partTargetSeconds: 0.214, audioPartFrames: 9, gopParts: 5 },
  };

const gopsPerSegment = 2;

/** The cut plan of a stream with a picture. */
export function videoCutPlan(profile: LatencyProfile, frameRate: FrameRate): CutPlan {
  const { partTargetSeconds, audioPartFrames, gopParts } = videoProfiles[profile];
  const framesPerSecond = frameRate.numerator / frameRate.denominator;
  const videoPartFrames = Math.max(1, Math.floor(partTargetSeconds * framesPerSecond));
  const gopFrames = videoPartFrames * gopParts;
  return {
    partTargetSeconds,
    partHoldBackSeconds: holdBack(partTargetSeconds),
    videoPartFrames,
    audioPartFrames,
    gopFrames,
    segmentSeconds: (gopsPerSegment * gopFrames) / framesPerSecond,
  };
}

/** The cut plan of an audio-only stream, the same for both profiles: longer parts cost a thin line less. */
export function audioCutPlan(): CutPlan {
  const partTargetSeconds = 0.512;
  return {
    partTargetSeconds,
    partHoldBackSeconds: holdBack(partTargetSeconds),
    videoPartFrames: 0,
    audioPartFrames: 24,
    gopFrames: 0,
    segmentSeconds: 2,
  };
}

function holdBack(partTargetSeconds: number): number {
  return Math.round(partTargetSeconds * 3 * 1000) / 1000;
}
