import { z } from 'zod';
import { GrantRefusal } from './grants';
import { RecorderSessionId, StreamId } from './ids';
import { FrameRate } from './profiles';
import { ObservedRecording } from './recording-state';

/**
 * The protocol between a publisher page and a stream node, one WebSocket at `ingestPath`. Control messages are JSON text
 * frames, media chunks are binary frames.
 *
 *     publisher                         node
 *     hello {grant, recorderSession} →
 *                                       ← welcome {ackedSequence, serverTimeMs}     or refused, then close
 *     ping {sentAtMs}                →
 *                                       ← pong {sentAtMs, receivedAtMs, answeredAtMs}
 *     clock {offsetMs, roundTripMs}  →  (before the first chunk of a session, and when a better one was measured)
 *     chunk sequence 0, 1, 2 …       →  (binary)
 *                                       ← ack {sequence}      every chunk up to it is in the journal
 *                                       ← health {…}          once a second
 *     finish {lastSequence}          →  (the recorder was stopped; nothing follows in this session)
 *                                       ← finished
 *                                       ← move                (at any time: ask the web for another node)
 *
 * The publisher keeps what is not acknowledged and sends it again, from `ackedSequence + 1`, after any break.
 */
export const ingestPath = '/ingest';

/** The largest chunk a publisher may send, in bytes of media. */
export const chunkBytesMax = 4 * 1024 * 1024;
/** The largest text frame a node reads, in bytes. */
export const controlBytesMax = 16 * 1024;

/**
 * How far from 1970 a page's clock may be, and from ours, in milliseconds: three centuries. What is much further is no date in
 * any playlist.
 */
const clockMsMax = 1e13;

export const SourceHint = z.object({
  width: z.int().min(2).max(7680).optional(),
  height: z.int().min(2).max(7680).optional(),
  frameRate: FrameRate.optional(),
});

/** The containers a recorder may send; ffmpeg is told which, so that it never guesses. */
export const RecorderContainer = z.enum(['matroska', 'mp4']);
export type RecorderContainer = z.infer<typeof RecorderContainer>;
/** The containers that media has inside a node, whichever way it came in. */
export const SourceContainer = z.enum([...RecorderContainer.options, 'flv', 'mpegts']);
export type SourceContainer = z.infer<typeof SourceContainer>;

export const Hello = z.object({
  type: z.literal('hello'),
  streamId: StreamId,
  /** a publish grant */
  grant: z.string().max(2048),
  /** made by the publisher; the same after a reconnect, another after a new recorder was started */
  recorderSession: RecorderSessionId,
  /** the MIME type the recorder reports, such as `video/x-matroska;codecs=avc1,opus` */
  mime: z.string().max(200),
  container: RecorderContainer,
  hasVideo: z.boolean(),
  hasAudio: z.boolean(),
  hint: SourceHint.optional(),
  /**
   * The rest of an earlier session, sent beside the live one and at low priority: it takes nothing over and is never played
   * live; it heals `dvr.m3u8` and the recording. The exchange is the same: welcome, chunks, acks, finish, finished.
   */
  backfill: z.boolean().optional(),
});
export type Hello = z.infer<typeof Hello>;

export const Ping = z.object({ type: z.literal('ping'), sentAtMs: z.number() });

/** NTP style: `offsetMs` = node clock minus page clock at the sample of least round trip. */
export const ClockSample = z.object({
  type: z.literal('clock'),
  offsetMs: z.number().min(-clockMsMax).max(clockMsMax),
  roundTripMs: z.number().min(0).max(60_000),
});

export const Finish = z.object({ type: z.literal('finish'), lastSequence: z.int().min(-1) });

export const PublisherMessage = z.discriminatedUnion('type', [Hello, Ping, ClockSample, Finish]);
export type PublisherMessage = z.infer<typeof PublisherMessage>;

export const Welcome = z.object({
  type: z.literal('welcome'),
  /** the last sequence of this recorder session in the journal; -1 for a new session */
  ackedSequence: z.int().min(-1),
  serverTimeMs: z.number(),
});

export const Pong = z.object({
  type: z.literal('pong'),
  sentAtMs: z.number(),
  receivedAtMs: z.number(),
  answeredAtMs: z.number(),
});

export const Ack = z.object({ type: z.literal('ack'), sequence: z.int().min(0) });

/** Once a second while media arrives: what a studio shows its broadcaster. */
export const Health = z.object({
  type: z.literal('health'),
  state: z.string(),
  /** media received in the last second, kilobits */
  ingressKbps: z.number(),
  /** how far the newest received media time is behind the clock, in milliseconds; grows when the recorder's encoder cannot keep up */
  encoderLagMs: z.number().nullable(),
  /** capture to published part, in milliseconds */
  publishLatencyMs: z.number().nullable(),
  recording: ObservedRecording.optional(),
});
export type Health = z.infer<typeof Health>;

export const Finished = z.object({ type: z.literal('finished') });

/**
 * The node is about to stop: the publisher should ask the web for another one, finish its session here and begin its next one
 * there. It is not obliged to; where the web knows no other node, it stays.
 */
export const Move = z.object({ type: z.literal('move') });

/** Why a node closes the connection. `retryable`: the same publisher may try again with the same grant. */
export const IngestRefusalCode = z.enum([
  ...GrantRefusal.options,
  /** not a message of this protocol, or a field breaks its rule */
  'bad_message',
  /** a chunk or other message before `hello` */
  'hello_expected',
  /** a chunk whose sequence is neither the next one nor one already acknowledged */
  'bad_sequence',
  'chunk_too_large',
  /** the bytes are not media that can be read */
  'bad_media',
  /** this node does not hold the stream (any more): ask the web again */
  'stream_not_here',
  'stream_ended',
  /** another connection with a valid grant took over */
  'replaced',
  /** no encoder slot is free */
  'node_full',
  /** the disk has no room left: nothing that arrives can be kept, so nothing is acknowledged */
  'disk_full',
  'draining',
  'internal',
]);
export type IngestRefusalCode = z.infer<typeof IngestRefusalCode>;

export const Refused = z.object({
  type: z.literal('refused'),
  code: IngestRefusalCode,
  message: z.string(),
  retryable: z.boolean(),
  /** with `stream_not_here`, where it is known: the ingest URL of the node that has the stream; its grant is the web's to give */
  url: z.url().optional(),
});
export type Refused = z.infer<typeof Refused>;

export const NodeMessage = z.discriminatedUnion('type', [Welcome, Pong, Ack, Health, Finished, Move, Refused]);
export type NodeMessage = z.infer<typeof NodeMessage>;

/** RFC 6455 close codes of the private range; the word is in the close reason too. */
export const ingestCloseCodes: Record<IngestRefusalCode, number> = {
  grant_missing: 4401,
  grant_malformed: 4401,
  grant_bad_signature: 4401,
  grant_expired: 4401,
  grant_wrong_stream: 4403,
  grant_wrong_action: 4403,
  grant_old_epoch: 4403,
  grant_revoked: 4403,
  bad_message: 4400,
  hello_expected: 4400,
  bad_sequence: 4409,
  chunk_too_large: 4413,
  bad_media: 4415,
  stream_not_here: 4421,
  stream_ended: 4410,
  replaced: 4408,
  node_full: 4429,
  disk_full: 4507,
  draining: 4503,
  internal: 4500,
};

export type Chunk = {
  /** counts up by one within a recorder session, from 0 */
  sequence: number;
  /** page clock, unix milliseconds: the recorder's first sample plus the container time of the chunk's first block */
  captureTimeMs: number;
  bytes: Uint8Array;
};

const chunkMagic = 0x5a;
const chunkVersion = 1;
/** magic, version, two reserved bytes, sequence (uint32), capture time (float64), all big-endian */
const chunkHeaderBytes = 16;

export function encodeChunk(chunk: Chunk): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(chunkHeaderBytes + chunk.bytes.byteLength);
  const view = new DataView(frame.buffer);
  view.setUint8(0, chunkMagic);
  view.setUint8(1, chunkVersion);
  view.setUint32(4, chunk.sequence);
  view.setFloat64(8, chunk.captureTimeMs);
  frame.set(chunk.bytes, chunkHeaderBytes);
  return frame;
}

/** The chunk in a binary frame, or the refusal it earns. The bytes are a view, not a copy. */
export function decodeChunk(frame: Uint8Array): Chunk | 'bad_message' | 'chunk_too_large' {
  if (frame.byteLength <= chunkHeaderBytes) {
    return 'bad_message';
  }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint8(0) !== chunkMagic || view.getUint8(1) !== chunkVersion) {
    return 'bad_message';
  }
  if (frame.byteLength - chunkHeaderBytes > chunkBytesMax) {
    return 'chunk_too_large';
  }
  const captureTimeMs = view.getFloat64(8);
  if (!(Math.abs(captureTimeMs) <= clockMsMax)) {
    return 'bad_message';
  }
  return { sequence: view.getUint32(4), captureTimeMs, bytes: frame.subarray(chunkHeaderBytes) };
}
