import { and, desc, eq, lt } from 'drizzle-orm';
import { events, users } from '../../db/schema';
import type { OperationContext } from '../operation-context';
import type { PageRequest } from '../page-request';
import { type EventRow, eventColumns } from './get-event';

/** All events but those of live jobs, newest first. */
export async function pageEvents(context: Pick<OperationContext, 'db'>, request: PageRequest): Promise<EventRow[]> {
  return await context.db
    .select(eventColumns)
    .from(events)
    .innerJoin(users, eq(users.id, events.ownerId))
    .where(
      and(eq(events.isUnlisted, false), request.beforeKey === null ? undefined : lt(events.key, request.beforeKey)),
    )
    .orderBy(desc(events.key))
    .limit(request.limit);
}
