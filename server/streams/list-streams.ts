import { and, desc, eq, inArray } from 'drizzle-orm';
import { streams } from '../../db/schema';
import type { EventView } from '../events/event-view';
import { findEvent, getEvent } from '../events/get-event';
import { type OperationContext, requireUser } from '../operation-context';
import { loadStreamViews, type ViewContext } from './load-stream-views';
import type { ListStreamsInput } from './stream-inputs';
import type { StreamView } from './stream-view';

/** States in which an event's page shows a stream without being asked for ended ones. */
const activeStates = ['connecting', 'live', 'interrupted', 'paused'] as const;

/** The streams of an event, oldest first. @throws AppError `not_found` */
export async function listStreamsForEvent(context: ViewContext, input: ListStreamsInput): Promise<StreamView[]> {
  await findEvent(context.db, input.eventId);
  const ofEvent = eq(streams.eventId, input.eventId);
  return await loadStreamViews(context, {
    where: input.includeEnded === true ? ofEvent : and(ofEvent, inArray(streams.state, [...activeStates])),
  });
}

/** One's own streams, newest first, at most 200. @throws AppError `unauthorized` */
export async function listMyStreams(context: OperationContext): Promise<{ stream: StreamView; event: EventView }[]> {
  const user = requireUser(context);
  const views = await loadStreamViews(context, {
    where: eq(streams.ownerId, user.id),
    orderBy: desc(streams.createdAt),
    limit: 200,
  });
  const eventIds = [...new Set(views.map((view) => view.eventId))];
  const events = await Promise.all(eventIds.map(async (eventId) => await getEvent(context, { eventId })));
  const byId = new Map(events.map((event) => [event.id, event]));
  return views.flatMap((stream) => {
    const event = byId.get(stream.eventId);
    return event === undefined ? [] : [{ stream, event }];
  });
}
