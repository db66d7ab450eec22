import type { VideoCodec } from './codecs';
import type { CustomOutput } from './custom-output';
import { planLadder, type Rendition, type VideoRendition } from './ladder';

// What a stream asks of a node's processors, in the unit of what a node has: hundredths of an encoder slot. Whole numbers, so
// that sums are the same in whatever order they are made, in a node and in Postgres.

/** An encoder slot is what the ladder of a usual camera takes (`encoder-capacity.ts` measures how many a machine has). */
export const slotPercent = 100;
/** What is expected of a picture of which nothing is known yet. */
const usualPicture = { width: 1280, height: 720, frameRate: { numerator: 30, denominator: 1 } };
/** Of a stream without a picture: its sound takes a hundredth of a core, its process, sockets and packager most of the rest. */
const soundPercent = 10;

/** Processor time per pixel beside that of x264 at the preset which is used where none is ordered. */
type Costs = { usual: number; presets: Readonly<Record<string, number>> };

/**
 * Measured: a second of `testsrc2` at 640x360 and 30 fps by the commands of live streams, user and system time, on two idle
 * cores (ffmpeg 5.1 with x264 164, x265 3.5, libaom 3.6). x264 took 0.10 s; at 720p H.265 took 3.5 and AV1 4.5 times as much.
 * Presets of x264 are speeds of libaom for AV1, which has four of them here.
 */
const costs: Readonly<Record<VideoCodec, Costs>> = {
  h264: {
    usual: 1,
    presets: {
      ...{ ultrafast: 0.65, superfast: 1, veryfast: 1.25, faster: 1.85, fast: 2.3 },
      ...{ medium: 2.6, slow: 4.5, slower: 6.6, veryslow: 9.6 },
    },
  },
  h265: {
    usual: 3.3,
    presets: {
      ...{ ultrafast: 3.3, superfast: 4, veryfast: 6.2, faster: 6.2, fast: 7.6 },
      ...{ medium: 7.6, slow: 15, slower: 74, veryslow: 115 },
    },
  },
  av1: {
    usual: 4.2,
    presets: {
      ...{ ultrafast: 4.2, superfast: 4.2, veryfast: 4.8, faster: 8.5, fast: 8.5 },
      ...{ medium: 15, slow: 15, slower: 15, veryslow: 15 },
    },
  },
};

/** What encoding these takes, in hundredths of an encoder slot. */
export function encoderDemand(renditions: readonly Rendition[]): number {
  const pictures = renditions.filter((rendition) => rendition.kind === 'video');
  const cost = pictures.reduce((sum, picture) => sum + costOf(picture), 0);
  return Math.max(soundPercent, Math.ceil((cost / usualCost) * slotPercent - 1e-6));
}

/** What a stream is expected to take before its source is known. */
export function expectedDemand({
  kind,
  custom,
}: {
  kind: 'audio' | 'video';
  custom?: CustomOutput | undefined;
}): number {
  if (kind === 'audio') {
    return soundPercent;
  }
  const { frameRate } = usualPicture;
  return custom === undefined
    ? slotPercent
    : encoderDemand(custom.video.map((rung) => ({ ...rung, frameRate: custom.frameRate ?? frameRate })));
}

/** What a node has for encoders, and what of it is taken, in hundredths of a slot. */
export type EncoderRoom = { slots: number; takenPercent: number };

/** Whether a stream fits in. One that is larger than the whole node may have a node of its own, for no other would be better. */
export function hasRoom({ slots, takenPercent }: EncoderRoom, demandPercent: number): boolean {
  return slots > 0 && (takenPercent === 0 || takenPercent + demandPercent <= slots * slotPercent);
}

/** Pixels per second, weighed. */
function costOf({ codec = 'h264', width, height, frameRate, encoder }: VideoRendition): number {
  const { usual, presets } = costs[codec];
  const factor = (encoder?.preset === undefined ? undefined : presets[encoder.preset]) ?? usual;
  return (width * height * frameRate.numerator * factor) / frameRate.denominator;
}

const usualCost = planLadder(usualPicture).reduce((sum, rung) => sum + costOf(rung), 0);
