import type { CaptureGraph } from './capture-graph';
import type { IngestAccess } from './ingest-access';
import type { OpenIngestSocket } from './ingest-socket';
import type { ChunkStore, KeptBroadcast, KeptSession } from './kept-session';
import type { StartRecorder } from './live-session';
import type { ReconnectDelays } from './reconnect-delay';

export type PublisherOptions = {
  access: IngestAccess;
  /**
   * Asks the web for a fresh grant, and for the node that has the stream now; the web may move the stream to another node.
   * `backfill`: only for the rest of an earlier session, which moves nothing.
   */
  renewAccess: (options?: { backfill: boolean }) => Promise<IngestAccess>;
  capture: Pick<CaptureGraph, 'recordable' | 'shorterSide' | 'shrinkPicture'>;
  /** asked at the beginning of each session */
  broadcast: () => KeptBroadcast;
  /** where what is not yet sent outlives this page; null where the browser keeps nothing */
  store: ChunkStore | null;
  /** sessions of this stream that an earlier page left in the store, oldest first */
  leftOver?: readonly KeptSession[];
  startRecorder?: StartRecorder;
  openSocket?: OpenIngestSocket;
  delays?: ReconnectDelays;
  nowMs?: () => number;
};
