import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streams } from '../../db/schema';
import { AppError } from '../errors';
import type { EventView } from '../events/event-view';
import { getEvent } from '../events/get-event';
import type { SessionUser } from '../users/session-user';
import { loadStreamRecord, type ViewContext } from './load-stream-views';
import type { StreamIdInput } from './stream-inputs';
import type { StreamView } from './stream-view';

const noSuchStream = () => new AppError('not_found', 'There is no such stream');

/** The view of one stream. @throws AppError `not_found`, also for another's private stream */
export async function getStreamView(context: ViewContext, streamId: string): Promise<StreamView> {
  const record = await loadStreamRecord(context, streamId);
  if (record === null) {
    throw noSuchStream();
  }
  return record.view;
}

/** One stream and its event, for anyone who may see it. @throws AppError `not_found` */
export async function getStream(
  context: ViewContext,
  input: StreamIdInput,
): Promise<{ stream: StreamView; event: EventView }> {
  const stream = await getStreamView(context, input.streamId);
  return { stream, event: await getEvent(context, { eventId: stream.eventId }) };
}

/**
 * The row of one's own stream, locked until the transaction ends.
 *
 * @throws AppError `not_found` (also for another's private stream, which does not exist for them), `forbidden`
 */
export async function lockOwnStream(
  tx: Queryable,
  user: SessionUser,
  streamId: string,
): Promise<typeof streams.$inferSelect> {
  const [row] = await tx.select().from(streams).where(eq(streams.id, streamId)).for('update');
  if (row === undefined || (row.visibility === 'private' && row.ownerId !== user.id)) {
    throw noSuchStream();
  }
  if (row.ownerId !== user.id) {
    throw new AppError('forbidden', 'Only its owner may change this stream');
  }
  return row;
}
