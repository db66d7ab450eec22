import { events } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { type OperationContext, requireUser } from '../operation-context';
import { checkMatchUrl } from '../score/feed-address';
import type { CreateEventInput } from './event-inputs';
import type { EventView } from './event-view';
import { getEvent } from './get-event';

/** Makes an event that the caller owns. @throws AppError `unauthorized`, `bad_request` when `matchUrl` may not be read */
export async function createEvent(context: OperationContext, input: CreateEventInput): Promise<EventView> {
  const user = requireUser(context);
  checkMatchUrl(input.matchUrl, context.env.scoreFeedAllow);
  const eventId = newId('event');
  await context.db.insert(events).values({ ...input, id: eventId, ownerId: user.id });
  return await getEvent(context, { eventId });
}
