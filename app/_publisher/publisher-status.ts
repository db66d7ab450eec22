import type { Health } from '../../stream-node/contract/ingest-protocol';
import type { BacklogLoss } from './backlog';
import type { QueueLength } from './chunk-queue';

/**
 * `holding`: the line is down, recording goes on here, and everything will be sent. `replaced`: another page of the same
 * person went live on this stream. `ended` and `failed` are over.
 */
export type PublisherState = 'connecting' | 'on-air' | 'holding' | 'ending' | 'ended' | 'replaced' | 'failed';

export type PublisherStatus = {
  state: PublisherState;
  /** why it failed, in words */
  reason: string | null;
  queue: QueueLength;
  /** of earlier sessions, still to be sent beside what is live */
  missedBytesLeft: number;
  /** none of that can be sent now: the node that has what came before is away */
  missedWaits: boolean;
  /** what will never arrive; null: nothing */
  loss: BacklogLoss | null;
  /** false: what is not sent lives in this page alone, and goes with it */
  isKept: boolean;
  roundTripMs: number | null;
  health: Health | null;
  /** when the line went down, page clock */
  holdingSinceMs: number | null;
};

export const firstStatus: PublisherStatus = {
  state: 'connecting',
  reason: null,
  queue: { chunks: 0, bytes: 0, seconds: 0 },
  missedBytesLeft: 0,
  missedWaits: false,
  loss: null,
  isKept: true,
  roundTripMs: null,
  health: null,
  holdingSinceMs: null,
};

export function isOver(state: PublisherState): boolean {
  return state === 'ended' || state === 'replaced' || state === 'failed';
}
