import { eq } from 'drizzle-orm';
import { streams } from '../../db/schema';
import { transition } from '../../stream-node/contract/stream-state';
import { notifyRoom } from '../bus/notify';
import { askNodeNow } from '../nodes/ask-node-now';
import { type OperationContext, requireUser } from '../operation-context';
import { getStreamView, lockOwnStream } from './get-stream';
import type { StreamIdInput } from './stream-inputs';
import type { StreamView } from './stream-view';

/**
 * Ends one's own stream; ending it again changes nothing.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`
 */
export async function endStream(context: OperationContext, input: StreamIdInput): Promise<StreamView> {
  const user = requireUser(context);
  const endedOnNode = await context.db.transaction(async (tx) => {
    const row = await lockOwnStream(tx, user, input.streamId);
    const state = transition(row.state, 'end');
    if (state === null) {
      return null;
    }
    const now = new Date();
    await tx.update(streams).set({ state, endedAt: now, stateChangedAt: now }).where(eq(streams.id, row.id));
    await notifyRoom(tx, { room: `event:${row.eventId}`, kind: 'streams' });
    return row.nodeId;
  });
  await askNodeNow(context, endedOnNode);
  return await getStreamView(context, input.streamId);
}
