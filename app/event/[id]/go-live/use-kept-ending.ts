'use client';

import { TRPCClientError } from '@trpc/client';
import { useEffect, useRef, useState } from 'react';
import { failureWords } from '../../../_client/failure-words';
import { useTRPCClient } from '../../../_client/trpc';
import { BroadcastLock } from '../../../_publisher/broadcast-lock';
import { megabyteWords } from '../../../_publisher/megabyte-words';
import { type KeptSending, sendKept } from '../../../_publisher/send-kept';
import { renewAccess } from './renew-access';
import type { StreamOffer } from './use-kept-broadcasts';
import type { OpenedStore } from './use-opened-store';

export type KeptEnding = {
  /** the stream whose rest is being sent */
  streamId: string | null;
  bytesLeft: number;
  /** how the last one went, in words */
  outcome: string | null;
  /** Sends what is kept of a broadcast, then ends its stream. Settles with true when nothing is left to do. */
  end: (offer: StreamOffer) => Promise<boolean>;
};

const lookEveryMs = 500;

/** Brings broadcasts that lost their page to their end, without a camera. */
export function useKeptEnding(store: OpenedStore): KeptEnding {
  const client = useTRPCClient();
  const [streamId, setStreamId] = useState<string | null>(null);
  const [bytesLeft, setBytesLeft] = useState(0);
  const [outcome, setOutcome] = useState<string | null>(null);
  const sending = useRef<KeptSending | null>(null);
  useEffect(() => () => sending.current?.close(), []);

  const send = async (offer: StreamOffer): Promise<string> => {
    const opened = await store.opened;
    const ask = { streamId: offer.broadcast.streamId, backfill: true };
    const renew = () => renewAccess(() => client.streams.renewPublishGrant.mutate(ask));
    const begun = await sendKept({ store: opened, sessions: offer.sessions, renewAccess: renew });
    sending.current = begun;
    const timer = setInterval(() => setBytesLeft(begun.bytesLeft), lookEveryMs);
    const { isSent, lostBytes, reason } = await begun.done.finally(() => clearInterval(timer));
    if (!isSent) {
      throw new Error('Not all of it could be sent now. It stays in this browser; try again in a while.');
    }
    return lostBytes > 0 ? `${megabyteWords(lostBytes)} could not be sent. ${reason}` : 'Everything was sent.';
  };

  const end = async (offer: StreamOffer): Promise<boolean> => {
    const { streamName } = offer.broadcast;
    setOutcome(null);
    setBytesLeft(offer.bytes);
    setStreamId(offer.broadcast.streamId);
    let lock: BroadcastLock | null = null;
    try {
      lock = await BroadcastLock.take(offer.broadcast.streamId);
      if (lock === null) {
        throw new Error('Another tab of yours has just taken this broadcast over.');
      }
      const words = await send(offer);
      if (offer.stream !== null) {
        await client.streams.end.mutate({ streamId: offer.broadcast.streamId });
      }
      setOutcome(`“${streamName}” is over. ${words}`);
      return true;
    } catch (error) {
      setOutcome(error instanceof TRPCClientError || !(error instanceof Error) ? failureWords(error) : error.message);
      return false;
    } finally {
      lock?.release();
      setStreamId(null);
    }
  };
  return { streamId, bytesLeft, outcome, end };
}
