import type { TrimRange } from '../contract/jobs';
import type { RenditionId } from '../contract/ladder';
import type { StreamState } from '../contract/stream-state';
import type { RenditionSnapshot, StoredSegment } from '../packager/media-types';
import type { TakeIndex } from '../store/take-index';

/** What the origin needs of one rendition's live window. */
export type PlayableWindow = {
  /** cheap, and never mutated afterwards */
  snapshot(): RenditionSnapshot;
  /**
   * Resolves once the part, or the whole segment where no part is named, or anything later is published, and when the
   * window ends. May resolve or reject when `signal` aborts.
   */
  waitFor(position: { mediaSequence: number; partIndex?: number }, signal: AbortSignal): Promise<void>;
  /** The same for the part of this file name; resolves as well once it is clear that the part will never come. */
  waitForUri(uri: string, signal: AbortSignal): Promise<void>;
  /** a part that is complete */
  partBytes(uri: string): Buffer | undefined;
  /** a segment that is closed, while it is in memory: one piece after the other, in the same array each time */
  segmentPieces(uri: string): readonly Buffer[] | undefined;
  /** the same in one buffer */
  segmentBytes(uri: string): Buffer | undefined;
  /** where a segment lies that has left the memory for the disk */
  storedSegment(uri: string): StoredSegment | undefined;
  initBytes(uri: string): Buffer | undefined;
  /** when the part was published, unix milliseconds; for measurements only */
  publishedAtMs?(uri: string): number | undefined;
};

/** A piece that was made into a segment, as the origin lists it. */
export type PlayablePiece = {
  readonly sequence: number;
  readonly file: string;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** the sequence after which it plays on; null: a discontinuity lies before it */
  readonly follows: number | null;
  /** it came after its gap was passed: in the video alone */
  readonly isLate: boolean;
};

export type PlayablePieces = {
  /** at least one, in the order in which they were made */
  readonly listed: readonly PlayablePiece[];
  readonly hasEnded: boolean;
  /** `undefined` for a name that no segment has */
  segmentPath(file: string): string | undefined;
};

/** What the origin needs of a stream on this node. */
export type PlayableStream = {
  readonly streamId: string;
  readonly epoch: number;
  readonly visibility: 'public' | 'private';
  readonly state: StreamState;
  /** the renditions that have a live window; none before the source is known and none after a restart */
  readonly renditions: readonly RenditionId[];
  window(renditionId: RenditionId): PlayableWindow | undefined;
  /** The takes on this node, in any order. Asked for at each request for a recording, so it should be kept in memory. */
  takes(): Promise<readonly TakeIndex[]>;
  /** the file that holds one rendition of a take; asked for only with names that `takes()` has */
  takeFile(takeId: string, renditionId: RenditionId): string;
  /** of a broadcaster that uploads files */
  readonly pieces?: PlayablePieces | undefined;
  /** public URL of the node that has the stream now, when it left this one */
  readonly home?: string | undefined;
  /** public URLs of the other nodes that may hold takes of it */
  readonly peers?: readonly string[];
  /** of the recording only this stretch of the event clock is shown; absent: all of it */
  readonly trim?: TrimRange;
  /** where the files lie that were made of the recording, if it may have any */
  readonly madeFolder?: string;
  /** where small pictures of it lie, if there are any */
  readonly storyboardFolder?: string;
};

export type PlayableStreams = {
  /** `undefined` for a stream that is not on this node */
  find(streamId: string): PlayableStream | undefined;
  /** public URL of the node that has a stream which left this one, also when nothing of it is here */
  home?(streamId: string): string | undefined;
};
