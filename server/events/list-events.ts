import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { events, streams, users } from '../../db/schema';
import { loadStreamViews, type ViewContext } from '../streams/load-stream-views';
import type { StreamView } from '../streams/stream-view';
import type { EventCard, EventLists } from './event-view';
import { eventColumns, eventView } from './get-event';

const cardsPerList = 50;
const onAirStates = ['live', 'interrupted', 'paused'] as const;

/** When an event counts as over: its end, else a day after its start, else a day after it was made. */
const overAt = sql`coalesce(${events.endsAt}, coalesce(${events.startsAt}, ${events.createdAt}) + interval '24 hours')`;

const hasOnAir = sql`exists (
  select 1 from ${streams}
  where ${streams.eventId} = ${events.id} and ${streams.visibility} = 'public'
    and ${streams.state} in ('live', 'interrupted', 'paused')
)`;
/** Something is on air, or the owner says that it is running. */
export const isLive = sql`(${events.runningNow} or ${hasOnAir})`;

/** The event of someone's live jobs is found by its address alone. */
const isListed = eq(events.isUnlisted, false);

/** What the front page shows: live, upcoming and past events, at most 50 of each. */
export async function listEvents(context: ViewContext): Promise<EventLists> {
  const select = () =>
    context.db.select(eventColumns).from(events).innerJoin(users, eq(users.id, events.ownerId)).$dynamic();
  const [live, upcoming, past] = await Promise.all([
    select().where(and(isListed, isLive)).orderBy(desc(hasOnAir), asc(events.startsAt)).limit(cardsPerList),
    select()
      .where(and(isListed, sql`not ${isLive} and ${overAt} >= now()`))
      .orderBy(sql`${events.startsAt} asc nulls last`, desc(events.createdAt))
      .limit(cardsPerList),
    select()
      .where(and(isListed, sql`not ${isLive} and ${overAt} < now()`))
      .orderBy(sql`${overAt} desc`)
      .limit(cardsPerList),
  ]);
  const onAir = new Map<string, StreamView[]>();
  const liveIds = live.map((row) => row.event.id);
  if (liveIds.length > 0) {
    const views = await loadStreamViews(context, {
      where: sql`${inArray(streams.eventId, liveIds)} and ${inArray(streams.state, [...onAirStates])}`,
    });
    for (const view of views) {
      onAir.set(view.eventId, [...(onAir.get(view.eventId) ?? []), view]);
    }
  }
  const card = (row: (typeof live)[number]): EventCard => {
    const streamsOnAir = onAir.get(row.event.id) ?? [];
    const viewers = streamsOnAir.reduce((sum, stream) => sum + stream.viewers, 0);
    return { ...eventView(row, context.actor), onAir: streamsOnAir, viewers };
  };
  return { live: live.map(card), upcoming: upcoming.map(card), past: past.map(card) };
}
