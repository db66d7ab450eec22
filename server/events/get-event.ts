import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { events, users } from '../../db/schema';
import { AppError } from '../errors';
import type { OperationContext } from '../operation-context';
import { personView } from '../users/person-view';
import type { Actor } from '../users/session-user';
import type { GetEventInput } from './event-inputs';
import type { EventView } from './event-view';

export const eventColumns = {
  event: events,
  owner: { id: users.id, key: users.key, name: users.name, image: users.image },
};

export type EventRow = {
  event: typeof events.$inferSelect;
  owner: { id: string; key: number; name: string | null; image: string | null };
};

export function eventView(row: EventRow, actor: Actor | null): EventView {
  const { event, owner } = row;
  return {
    id: event.id,
    name: event.name,
    description: event.description,
    startsAt: event.startsAt,
    endsAt: event.endsAt,
    runningNow: event.runningNow,
    matchId: event.matchId,
    matchUrl: event.matchUrl,
    createdAt: event.createdAt,
    owner: personView(owner),
    canEdit: actor?.id === event.ownerId,
  };
}

/** @throws AppError `not_found` */
export async function findEvent(db: Queryable, eventId: string): Promise<EventRow> {
  const [row] = await db
    .select(eventColumns)
    .from(events)
    .innerJoin(users, eq(users.id, events.ownerId))
    .where(eq(events.id, eventId));
  if (row === undefined) {
    throw new AppError('not_found', 'There is no such event');
  }
  return row;
}

/** One event, for anyone. @throws AppError `not_found` */
export async function getEvent(
  context: Pick<OperationContext, 'db' | 'actor'>,
  input: GetEventInput,
): Promise<EventView> {
  return eventView(await findEvent(context.db, input.eventId), context.actor);
}
