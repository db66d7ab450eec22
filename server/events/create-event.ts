import { events } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { type OperationContext, requireUser } from '../operation-context';
import type { CreateEventInput } from './event-inputs';
import type { EventView } from './event-view';
import { getEvent } from './get-event';

/** Makes an event that the caller owns. @throws AppError `unauthorized` */
export async function createEvent(context: OperationContext, input: CreateEventInput): Promise<EventView> {
  const user = requireUser(context);
  const eventId = newId('event');
  await context.db.insert(events).values({ ...input, id: eventId, ownerId: user.id });
  return await getEvent(context, { eventId });
}
