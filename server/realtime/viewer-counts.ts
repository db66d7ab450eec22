import { and, eq, inArray, or } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { events, presence, streams } from '../../db/schema';
import { viewersColumn } from '../streams/count-viewers';
import type { Counts } from './messages';

/**
 * The viewers of each event and of its streams (live ones and recordings), in one query: counted from presence and from
 * what nodes observe, so no number can drift or fall below 0.
 */
export async function viewerCounts(db: Queryable, eventIds: string[]): Promise<Map<string, Counts>> {
  const counts = new Map<string, Counts>(eventIds.map((eventId) => [eventId, { eventId, total: 0, byStream: {} }]));
  if (eventIds.length === 0) {
    return counts;
  }
  const played = db.select({ id: presence.streamId }).from(presence);
  const rows = await db
    .select({ eventId: streams.eventId, streamId: streams.id, viewers: viewersColumn })
    .from(streams)
    .innerJoin(events, eq(events.id, streams.eventId))
    .where(
      and(
        inArray(streams.eventId, eventIds),
        eq(streams.visibility, 'public'),
        or(inArray(streams.state, ['connecting', 'live', 'interrupted', 'paused']), inArray(streams.id, played)),
      ),
    )
    .orderBy(streams.key);
  for (const { eventId, streamId, viewers } of rows) {
    const ofEvent = counts.get(eventId);
    if (ofEvent !== undefined) {
      ofEvent.byStream[streamId] = viewers;
      ofEvent.total += viewers;
    }
  }
  return counts;
}
