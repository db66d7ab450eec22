import { and, desc, eq, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import { streams, users } from '../../db/schema';
import { AppError } from '../errors';
import { findEvent } from '../events/get-event';
import type { OperationContext } from '../operation-context';
import type { PageRequest } from '../page-request';
import { loadStreamRecords, type StreamRecord, type ViewContext } from './load-stream-views';

/** Somebody publishes, or is waited for. In these very words, not as parameters: a partial index has them as its predicate. */
const isActive = sql`${streams.state} in ('connecting', 'live', 'interrupted', 'paused')`;

async function page(context: ViewContext, where: SQL | undefined, request: PageRequest): Promise<StreamRecord[]> {
  const below = request.beforeKey === null ? undefined : lt(streams.key, request.beforeKey);
  return await loadStreamRecords(context, {
    where: and(where, below),
    orderBy: desc(streams.key),
    limit: request.limit,
  });
}

/** All streams that the reader may see, newest first. */
export async function pageStreams(context: ViewContext, request: PageRequest): Promise<StreamRecord[]> {
  return await page(context, undefined, request);
}

/** The streams of an event, newest first. @throws AppError `not_found` */
export async function pageStreamsOfEvent(
  context: ViewContext,
  input: { eventId: string; includeEnded: boolean },
  request: PageRequest,
): Promise<StreamRecord[]> {
  await findEvent(context.db, input.eventId);
  const ofEvent = eq(streams.eventId, input.eventId);
  return await page(context, input.includeEnded ? ofEvent : and(ofEvent, isActive), request);
}

async function requireKnownUser(context: Pick<OperationContext, 'db'>, userId: string): Promise<void> {
  const [row] = await context.db.select({ id: users.id }).from(users).where(eq(users.id, userId));
  if (row === undefined) {
    throw new AppError('not_found', 'There is no such person');
  }
}

/** What a person has put on air, newest first. @throws AppError `not_found` */
export async function pageStreamsOfUser(
  context: ViewContext,
  input: { userId: string },
  request: PageRequest,
): Promise<StreamRecord[]> {
  await requireKnownUser(context, input.userId);
  return await page(context, and(eq(streams.ownerId, input.userId), isNotNull(streams.startedAt)), request);
}

/** What a person publishes now: of several the newest; `null` when they do not. @throws AppError `not_found` */
export async function currentStreamOfUser(
  context: ViewContext,
  input: { userId: string },
): Promise<StreamRecord | null> {
  await requireKnownUser(context, input.userId);
  const publishes = and(eq(streams.ownerId, input.userId), isActive);
  const [record] = await page(context, publishes, { limit: 1, beforeKey: null });
  return record ?? null;
}
