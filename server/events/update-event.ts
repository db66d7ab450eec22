import { eq } from 'drizzle-orm';
import { events } from '../../db/schema';
import { notifyRoom } from '../bus/notify';
import { AppError } from '../errors';
import { type OperationContext, requireOwner } from '../operation-context';
import { checkMatchUrl } from '../score/feed-address';
import { endsAfterStart, endsAfterStartRule, type UpdateEventInput } from './event-inputs';
import type { EventView } from './event-view';
import { findEvent, getEvent } from './get-event';

/**
 * Changes the given fields of one's own event; `null` clears a date.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, or `bad_request` when the dates that result are out of order
 *   or `matchUrl` may not be read
 */
export async function updateEvent(context: OperationContext, input: UpdateEventInput): Promise<EventView> {
  const { eventId, ...changes } = input;
  await context.db.transaction(async (tx) => {
    const { event } = await findEvent(tx, eventId);
    requireOwner(context, event.ownerId, 'event');
    if (changes.matchUrl !== event.matchUrl) {
      checkMatchUrl(changes.matchUrl, context.env.scoreFeedAllow);
    }
    const startsAt = changes.startsAt === undefined ? event.startsAt : changes.startsAt;
    const endsAt = changes.endsAt === undefined ? event.endsAt : changes.endsAt;
    if (!endsAfterStart({ startsAt, endsAt })) {
      throw new AppError('bad_request', `endsAt: ${endsAfterStartRule}`, { field: 'endsAt' });
    }
    if (Object.values(changes).some((value) => value !== undefined)) {
      await tx.update(events).set(changes).where(eq(events.id, eventId));
      await notifyRoom(tx, { room: `event:${eventId}`, kind: 'event' });
    }
  });
  return await getEvent(context, { eventId });
}
