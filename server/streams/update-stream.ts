import { eq } from 'drizzle-orm';
import { streams } from '../../db/schema';
import { notifyRoom } from '../bus/notify';
import { type OperationContext, requireUser } from '../operation-context';
import { getStreamView, lockOwnStream } from './get-stream';
import type { UpdateStreamInput } from './stream-inputs';
import type { StreamView } from './stream-view';

/** Renames or describes one's own stream. @throws AppError `unauthorized`, `forbidden`, `not_found` */
export async function updateStream(context: OperationContext, input: UpdateStreamInput): Promise<StreamView> {
  const user = requireUser(context);
  const { streamId, ...changes } = input;
  await context.db.transaction(async (tx) => {
    const row = await lockOwnStream(tx, user, streamId);
    if (Object.values(changes).some((value) => value !== undefined)) {
      await tx.update(streams).set(changes).where(eq(streams.id, streamId));
      await notifyRoom(tx, { room: `event:${row.eventId}`, kind: 'streams' });
    }
  });
  return await getStreamView(context, streamId);
}
