import { z } from 'zod';
import { RecorderSessionId, StreamId, TakeId } from '../contract/ids';
import { Rendition, RenditionId } from '../contract/ladder';

/**
 * A take on disk is a folder `<data>/recordings/<stream id>/<take id>/` with one append-only CMAF file per rendition
 * (`<rendition>.mp4`: init section first, then segments) and `index.jsonl`: one `TakeHeader` line, then one line per
 * closed segment, each synced after its media. A torn last line is a crash and is ignored.
 */
export const TakeHeader = z.object({
  type: z.literal('take'),
  takeId: TakeId,
  streamId: StreamId,
  epoch: z.int().min(1),
  recorderSession: RecorderSessionId,
  startedAtMs: z.number(),
  /** media time of its session's time zero, in seconds; absent: 1, as it was of every session once */
  originSeconds: z.number().positive().optional(),
});
export type TakeHeader = z.infer<typeof TakeHeader>;

/** Of takes that were written before they told it. */
const originSecondsUntold = 1;

/** Media time of a take's session's time zero, in seconds. */
export function originSecondsOf({ originSeconds = originSecondsUntold }: TakeHeader): number {
  return originSeconds;
}

/** The first line of each rendition: where its init section is. */
export const TakeRendition = z.object({
  type: z.literal('rendition'),
  rendition: Rendition,
  codec: z.string(),
  initBytes: z.int().min(1),
  /** of the init section, in hex: takes with the same one can play as one */
  initSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** ticks per second of its segments' decode times */
  timescale: z.int().min(1).optional(),
});
export type TakeRendition = z.infer<typeof TakeRendition>;

export const TakeSegment = z.object({
  type: z.literal('segment'),
  renditionId: RenditionId,
  mediaSequence: z.int().min(0),
  /** event-clock time of the first sample, unix milliseconds */
  programDateTimeMs: z.number(),
  durationSeconds: z.number().positive(),
  offset: z.int().min(0),
  length: z.int().min(1),
  /** decode times: of the first sample, and of the last one's end. Without them a take cannot be played by DASH */
  ticks: z.object({ start: z.int().min(0), end: z.int().min(0) }).optional(),
});
export type TakeSegment = z.infer<typeof TakeSegment>;

export const TakeEnd = z.object({ type: z.literal('end') });

export const TakeIndexLine = z.discriminatedUnion('type', [TakeHeader, TakeRendition, TakeSegment, TakeEnd]);
export type TakeIndexLine = z.infer<typeof TakeIndexLine>;

/** A take as read back from its index. */
export type TakeIndex = {
  readonly header: TakeHeader;
  readonly renditions: ReadonlyMap<RenditionId, TakeRendition>;
  /** in file order, all renditions mixed */
  readonly segments: readonly TakeSegment[];
  readonly closed: boolean;
};
