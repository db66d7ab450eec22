import type { Health, Hello, IngestRefusalCode } from '../../stream-node/contract/ingest-protocol';
import type { ChunkQueue, QueueLength } from './chunk-queue';
import type { ClockOffset } from './clock-offset';
import type { IngestAccess } from './ingest-access';
import type { SendPace } from './ingest-line';
import type { OpenIngestSocket } from './ingest-socket';
import type { ReconnectDelays } from './reconnect-delay';
import type { SessionKeeper } from './session-keeper';

/** `detached`: without a line and about to be taken over by the backlog. */
export type IngestState = 'connecting' | 'sending' | 'reconnecting' | 'detached' | 'finished' | 'refused' | 'closed';

/**
 * Why nothing more is sent: the node's word; `session_lost` when the node forgot what it had acknowledged (start another
 * recorder session); `not_allowed` when the web refused a new grant.
 */
export type IngestRefusal = { code: IngestRefusalCode | 'session_lost' | 'not_allowed'; message: string };

export type IngestEvents = {
  state: IngestState;
  ack: { sequence: number };
  health: Health;
  roundTrip: { roundTripMs: number };
  refused: IngestRefusal;
  /** the queue is full: the chunk was not taken; finish this session and begin another */
  overflow: QueueLength;
  /** the node is about to stop: the next session should begin at another one */
  move: undefined;
  /** the line is back, and what waits is too old for it: now `detached` */
  tooLate: QueueLength;
  /** the node was tried in vain, or says nothing more; it goes on being tried */
  unreachable: undefined;
  /** the stream has another node now, and what waits follows on what the former one has: now `detached` */
  leftBehind: QueueLength;
};

export type IngestClientOptions = {
  access: IngestAccess;
  /** asks the web for a fresh grant, and for the node that has the stream now */
  renewAccess: () => Promise<IngestAccess>;
  hello: Omit<Hello, 'type' | 'grant'>;
  openSocket: OpenIngestSocket;
  /** the line is opened when this settles, either way: the session before must be through, or it would be replaced */
  connectAfter?: Promise<unknown>;
  /** what an earlier connection, or page, left; by default there is nothing yet */
  queue?: ChunkQueue;
  /** by which the chunks were captured, where another page did that */
  clock?: ClockOffset;
  /** is told of every chunk and acknowledgement */
  keeper?: SessionKeeper | null;
  /** asked at each new connection; by default nothing is ever too late */
  isTooLate?: (waiting: QueueLength) => boolean;
  pace?: SendPace | null;
  /** the most bytes kept while nothing is acknowledged */
  queueBytesMax?: number;
  silenceMsMax?: number;
  delays?: ReconnectDelays;
  nowMs?: () => number;
  random?: () => number;
};
