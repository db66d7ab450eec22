import { z } from 'zod';
import { Codec } from './codecs';
import { CustomOutput } from './custom-output';
import { GrantPublicKey } from './grants';
import { NodeId, StreamId, TakeId } from './ids';
import { TrimRange } from './jobs';
import { Rendition } from './ladder';
import { LatencyProfile } from './profiles';
import { ObservedDisk, ObservedRecording } from './recording-state';
import { StreamKeyHash } from './rtmp-admission';
import { StreamState } from './stream-state';

/**
 * Node and web exchange snapshots: a node posts its whole observed state once a second, and at once on a change, to
 * `snapshotPath` of the web (`Authorization: Bearer <node secret>`); the answer is its whole desired state. Both are
 * idempotent: nothing is replayed, nothing has an order.
 */
export const snapshotPath = '/internal/nodes/snapshot';
/** On the node, same secret: "post your snapshot now". The body is empty. */
export const askNowPath = '/control/ask-now';

export const snapshotIntervalMs = 1000;

/** What a probe saw in a source's first bytes. */
export const ObservedInput = z.object({
  container: z.string().max(32),
  video: z.object({ codec: z.string().max(64), width: z.int(), height: z.int(), frameRate: z.number() }).optional(),
  audio: z.object({ codec: z.string().max(64), channels: z.int(), sampleRate: z.number() }).optional(),
});
export type ObservedInput = z.infer<typeof ObservedInput>;

export const ObservedStream = z.object({
  streamId: StreamId,
  epoch: z.int().min(1),
  state: StreamState,
  /** why, when the state is `failed`, in words for the broadcaster */
  reason: z.string().max(500).optional(),
  /** players that are not ours: counted until three target durations after their last playlist request */
  foreignViewers: z.int().min(0),
  bytesIn: z.number().min(0),
  bytesOut: z.number().min(0),
  ingressKbps: z.number().min(0),
  encoderLagMs: z.number().nullable(),
  /** event-clock time of the live edge, unix milliseconds */
  liveEdgeMs: z.number().nullable(),
  /** event-clock time at which its media begins, unix milliseconds */
  startedAtMs: z.number().nullable(),
  renditions: z.array(Rendition),
  recording: ObservedRecording.optional(),
  /** processor time of its encoder over the last seconds, in percent of one core */
  encoderCpuPercent: z.number().min(0).optional(),
  /** since it was assigned to this process of the node */
  upSeconds: z.number().min(0).optional(),
  /** how long media arrived meanwhile */
  activeSeconds: z.number().min(0).optional(),
  /** of the newest session whose source was probed */
  input: ObservedInput.optional(),
});
export type ObservedStream = z.infer<typeof ObservedStream>;

export const ObservedTake = z.object({
  streamId: StreamId,
  takeId: TakeId,
  epoch: z.int().min(1),
  /** event-clock time of the first sample, unix milliseconds */
  startedAtMs: z.number(),
  durationSeconds: z.number().min(0),
  bytes: z.number().min(0),
  /** no segment will be added */
  closed: z.boolean(),
});
export type ObservedTake = z.infer<typeof ObservedTake>;

/** What the journals of a stream take on the disk, in whole megabytes, so that not every second has its own figure. */
export const ObservedJournals = z.object({ streamId: StreamId, bytes: z.int().min(0) });
export type ObservedJournals = z.infer<typeof ObservedJournals>;

export const NodeSnapshot = z.object({
  nodeId: NodeId,
  /** new at each start of the process, so that a restart is seen */
  bootId: z.string().min(8).max(64),
  name: z.string().min(1).max(120),
  hostName: z.string().max(255),
  internalAddress: z.string().max(255),
  externalAddress: z.string().max(255),
  /** where viewers and publishers reach the node, without a trailing slash */
  publicUrl: z.url(),
  /** where encoders reach the node, such as `rtmp://host:1935/live`; null: it takes none */
  rtmpUrl: z.url({ protocol: /^rtmps?$/ }).nullable(),
  /** where the web reaches the node's control calls */
  controlUrl: z.url(),
  /** the folder of the local sockets by which encoders hand media to the packager, one folder in it for each stream */
  socketDirectory: z.string().max(255).optional(),
  capacity: z.object({ encoderSlots: z.int().min(0), viewers: z.int().min(0) }),
  /** what the node's ffmpeg has encoders for; absent: H.264 and AAC */
  codecs: z.array(Codec).max(16).optional(),
  load: z.object({
    publishers: z.int().min(0),
    viewers: z.int().min(0),
    /** what encoders take now, in hundredths of an encoder slot; absent: a slot for each publisher */
    encoderPercent: z.int().min(0).max(10_000_000).optional(),
  }),
  draining: z.boolean(),
  disk: ObservedDisk.optional(),
  streams: z.array(ObservedStream).max(1000),
  takes: z.array(ObservedTake).max(10_000),
  /** of every stream that has some; absent: the node did not look yet, and what it said before stands */
  journals: z.array(ObservedJournals).max(10_000).optional(),
});
export type NodeSnapshot = z.infer<typeof NodeSnapshot>;

/** What the web wants of a stream on this node. */
export const DesiredStreamAction = z.enum(['run', 'pause', 'park', 'end', 'delete']);
export type DesiredStreamAction = z.infer<typeof DesiredStreamAction>;

export const DesiredStream = z.object({
  streamId: StreamId,
  epoch: z.int().min(1),
  action: DesiredStreamAction,
  kind: z.enum(['audio', 'video']),
  profile: LatencyProfile,
  record: z.boolean(),
  visibility: z.enum(['public', 'private']),
  /** of the one key that encoders may send with; another one's encoder is cut off; null: none may send */
  streamKeyHash: StreamKeyHash.nullable(),
  /** how far back a viewer of the live playlist may seek */
  dvrWindowSeconds: z.int().min(0).max(14_400),
  /** how long a lost publisher is waited for */
  graceSeconds: z.int().min(0).max(1800),
  /** when the stream began, unix milliseconds: its media times count from there at every node it is moved to */
  startedAtMs: z.number().optional(),
  /** public URL of the node that has the stream now, when that is another one */
  home: z.url().optional(),
  /** public URLs of the other nodes that had the stream, and may hold takes of it */
  formerHomes: z.array(z.url()).optional(),
  /** of the recording only this stretch is shown; absent: all of it */
  trim: TrimRange.optional(),
  /** made to order, not planned from the source; fixed for the stream's life */
  custom: CustomOutput.optional(),
});
export type DesiredStream = z.infer<typeof DesiredStream>;

export const DesiredState = z.object({
  serverTimeMs: z.number(),
  grantPublicKey: GrantPublicKey,
  /** origins of our own pages: players that name one of them are counted by presence, not here */
  webOrigins: z.array(z.string()),
  streams: z.array(DesiredStream),
  /** no new streams; those it has may finish */
  drain: z.boolean(),
  /** told to a node that drains: whether another one could take its streams over */
  hasRoomElsewhere: z.boolean().optional(),
  revokedGrantIds: z.array(z.string()),
  /** takes that the web has rows for */
  confirmedTakeIds: z.array(TakeId),
});
export type DesiredState = z.infer<typeof DesiredState>;
