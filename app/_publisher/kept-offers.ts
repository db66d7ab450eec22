import type { KeptBroadcast, KeptSession } from './kept-session';

/** A broadcast of which a store has sessions that were not sent to their end. */
export type KeptOffer = {
  /** as it was in its last session */
  broadcast: KeptBroadcast;
  /** oldest first */
  sessions: KeptSession[];
  /** not yet confirmed by a node */
  bytes: number;
  /** clock of the page that is gone, unix milliseconds */
  brokeOffAtMs: number;
};

/** What of a store is one person's, at one event; the broadcast that broke off last comes first. */
export function keptOffers(sessions: readonly KeptSession[], wanted: { userId: string; eventId: string }): KeptOffer[] {
  const own = sessions
    .filter(({ broadcast }) => broadcast.userId === wanted.userId && broadcast.eventId === wanted.eventId)
    .toSorted((a, b) => a.capturedUntilMs - b.capturedUntilMs);
  const streamIds = new Set(own.map(({ broadcast }) => broadcast.streamId));
  const offers = [...streamIds].flatMap((streamId): KeptOffer[] => {
    const ofStream = own.filter(({ broadcast }) => broadcast.streamId === streamId);
    const last = ofStream.at(-1);
    if (last === undefined) {
      return [];
    }
    const bytes = ofStream.reduce((sum, session) => sum + session.bytes, 0);
    return [{ broadcast: last.broadcast, sessions: ofStream, bytes, brokeOffAtMs: last.capturedUntilMs }];
  });
  return offers.toSorted((a, b) => b.brokeOffAtMs - a.brokeOffAtMs);
}
