import { z } from 'zod';
import { type Chunk, Hello } from '../../stream-node/contract/ingest-protocol';

/** What a later page needs to go on with a broadcast, beside its media. */
export const KeptBroadcast = z.object({
  streamId: Hello.shape.streamId,
  eventId: z.string(),
  /** whose broadcast it is; nobody else who uses this browser is offered it */
  userId: z.string(),
  streamName: z.string(),
  source: z.enum(['audio', 'camera', 'screen']),
  /** as the browser names its devices; null: the system's choice */
  microphoneId: z.string().nullable(),
  cameraId: z.string().nullable(),
});
export type KeptBroadcast = z.infer<typeof KeptBroadcast>;

/**
 * A recorder session as a store keeps it: what its hello says, the clock it was captured by, and which of its chunks are
 * kept. It is read back by another page, perhaps of a later version, and is therefore checked.
 */
export const KeptSession = z.object({
  broadcast: KeptBroadcast,
  hello: Hello.omit({ type: true, grant: true, backfill: true }),
  /** node clock minus the clock of the page that captured it; null when it never reached a node */
  clock: z.object({ offsetMs: z.number(), roundTripMs: z.number() }).nullable(),
  /** ingest URL of the node that has what came before; null while no node has anything of it */
  nodeUrl: z.string().nullable().default(null),
  /** the oldest chunk kept; `lastSequence + 1` when none is */
  firstSequence: z.int().min(0),
  /** the newest chunk captured; -1 before the first */
  lastSequence: z.int().min(-1),
  /** of the chunks that are kept */
  bytes: z.number().min(0),
  /** page clock of the newest chunk, unix milliseconds; of the beginning while there is none */
  capturedUntilMs: z.number(),
});
export type KeptSession = z.infer<typeof KeptSession>;

export type StoreChange = {
  session: KeptSession;
  /** the next chunks, in their order */
  chunks: readonly Chunk[];
  /** chunks up to this sequence are let go of; -1: none */
  dropUpTo: number;
};

/** Where media outlives the page. Every method rejects with the fault of the storage below. */
export interface ChunkStore {
  /** All of the change or nothing of it. */
  write(change: StoreChange): Promise<void>;
  sessions(): Promise<KeptSession[]>;
  /** The chunks kept of a session, in their order. */
  chunks(recorderSession: string): Promise<Chunk[]>;
  /** Forgets a session and its chunks. */
  remove(recorderSession: string): Promise<void>;
}
