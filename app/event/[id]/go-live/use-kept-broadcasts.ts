'use client';

import { TRPCClientError } from '@trpc/client';
import { useCallback, useEffect, useState } from 'react';
import type { StreamView } from '../../../../server/streams/stream-view';
import { isFinal } from '../../../../stream-node/contract/stream-state';
import { useTRPCClient } from '../../../_client/trpc';
import { BroadcastLock } from '../../../_publisher/broadcast-lock';
import { type KeptOffer, keptOffers } from '../../../_publisher/kept-offers';
import type { OpenedStore } from './use-opened-store';

/** `stream`: as it is now; null when it was deleted. */
export type StreamOffer = KeptOffer & { stream: StreamView | null };

export type KeptBroadcasts = {
  /** null until the store was looked at */
  offers: StreamOffer[] | null;
  /** Takes an offer away: it was accepted. */
  withdraw: (streamId: string) => void;
};

/** The broadcasts at an event that lost their page and are no living tab's, the latest first. */
export function useKeptBroadcasts(eventId: string, userId: string, store: OpenedStore): KeptBroadcasts {
  const client = useTRPCClient();
  const [offers, setOffers] = useState<StreamOffer[] | null>(null);

  useEffect(() => {
    const watching = new AbortController();
    const { signal } = watching;
    const read = async () => {
      const sessions = await (await store.opened)?.sessions();
      return keptOffers(sessions ?? [], { userId, eventId });
    };
    const show = (offer: StreamOffer) =>
      setOffers((before) => [...(before ?? []).filter((other) => !isOf(other, offer.broadcast.streamId)), offer]);
    const offerOnceFree = async (streamId: string) => {
      // A tab that is alive may still end its broadcast itself, or die later.
      await BroadcastLock.untilFree(streamId, signal);
      const offer = (await read()).find((kept) => isOf(kept, streamId));
      if (offer === undefined) {
        return;
      }
      const stream = await client.streams.get.query({ streamId }).then(
        (found) => found.stream,
        (error: unknown) => {
          if (error instanceof TRPCClientError && error.data?.httpStatus === 404) {
            return null;
          }
          throw error;
        },
      );
      if (offer.bytes === 0 && (stream === null || isFinal(stream.state))) {
        const opened = await store.opened;
        await Promise.all(offer.sessions.map(async ({ hello }) => await opened?.remove(hello.recorderSession)));
      } else if (!signal.aborted) {
        show({ ...offer, stream });
      }
    };
    const look = async () => {
      const kept = await read();
      if (!signal.aborted) {
        setOffers((before) => before ?? []);
        await Promise.all(kept.map(async ({ broadcast }) => await offerOnceFree(broadcast.streamId)));
      }
    };
    // What cannot be looked at now is offered at the next visit.
    look().catch(() => undefined);
    return () => watching.abort();
  }, [client, eventId, userId, store]);

  const withdraw = useCallback((streamId: string) => {
    setOffers((before) => (before ?? []).filter((offer) => !isOf(offer, streamId)));
  }, []);
  return { offers, withdraw };
}

const isOf = (offer: KeptOffer, streamId: string) => offer.broadcast.streamId === streamId;
