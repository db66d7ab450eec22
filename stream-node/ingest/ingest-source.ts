import type { Readable } from 'node:stream';
import type { SourceContainer } from '../contract/ingest-protocol';
import type { FrameRate } from '../contract/profiles';

/**
 * One unbroken run of a publisher's recorder, whichever way it came in. Every adapter (browser WebSocket, RTMP, WHIP, upload
 * of pieces) yields this and nothing else; the rooms after it never learn which it was.
 */
export type IngestSource = {
  readonly streamId: string;
  readonly epoch: number;
  readonly recorderSession: string;
  readonly ingestKind: 'websocket' | 'rtmp' | 'whip' | 'pieces';
  readonly container: SourceContainer;
  /** what the container's timestamps lie above container time by, in seconds; absent: nothing */
  readonly timestampBaseSeconds?: number;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly hint: { width?: number; height?: number; frameRate?: FrameRate };
  /**
   * The media bytes in sequence order, each chunk as soon as it was received and handed to the journal. The stream stays open
   * through a break of the connection and ends when the publisher finished the session or `close()` was called. Called
   * again it ends the former stream and begins anew from the journal; destroy the stream when it is not read any more.
   *
   * @param fromContainerMs all media from this container time on can be decoded from what is read: the container's head, and
   * then everything from the last keyframe well before it. Everything, where it is left out or no keyframe can be told
   */
  read(fromContainerMs?: number): Readable;
  /** Latest container time that was received, in milliseconds; null where it cannot be told. */
  readonly newestContainerMs: number | null;
  /** The same, of what an earlier process received; null for a session that began in this one. */
  readonly recoveredContainerMs: number | null;
  /** Container time from which on all media can still be read, in milliseconds; null: from the beginning. */
  readonly heldFromMs: number | null;
  /** The last sequence that was taken in; -1 before the first. */
  readonly appendedSequence: number;
  /** The publisher stopped its recorder in good order, and everything of it was received. */
  readonly finished: boolean;
  /** The disk refused what was received last: it was never acknowledged, and its publisher sends it again. */
  readonly journalFailed: boolean;
  /** Media before this container time is safe elsewhere, or nobody wants it: the journal may let go of it. */
  release(containerMs: number): void;
  /** Event-clock time (unix ms) of container time zero; settles with the first chunk. */
  readonly firstSampleEventTimeMs: Promise<number>;
  /** Latest clock estimate for container time zero, or null before the first chunk: the timeline slews towards it. */
  estimatedFirstSampleEventTimeMs(): number | null;
  /** How far the newest media is behind the clock, in milliseconds; null while that cannot be told. */
  encoderLagMs(): number | null;
  /** Bytes of media received so far. */
  bytesReceived(): number;
  /** The session is over: no more bytes, the journal may go once its media is synced elsewhere. */
  close(): Promise<void>;
  /** Deletes the journal of this session; only after the segments made of it are synced or nobody wants them. */
  deleteJournal(): Promise<void>;
};
