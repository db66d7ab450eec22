import { streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { notifyRoom } from '../bus/notify';
import { AppError } from '../errors';
import { findEvent } from '../events/get-event';
import { askNodeNow } from '../nodes/ask-node-now';
import { chooseNode } from '../nodes/choose-node';
import { type OperationContext, requireUser } from '../operation-context';
import { getStreamView } from './get-stream';
import { publishAccess } from './publish-access';
import type { CreateStreamInput } from './stream-inputs';
import type { PublishAccess, StreamView } from './stream-view';

/**
 * Makes a stream on the least loaded node and gives its maker the right to send to it.
 *
 * @throws AppError `unauthorized`, `not_found` (the event), `no_node_available`
 */
export async function createStream(
  context: OperationContext,
  input: CreateStreamInput,
): Promise<{ stream: StreamView; publish: PublishAccess }> {
  const user = requireUser(context);
  const streamId = newId('stream');
  const node = await context.db.transaction(async (tx) => {
    await findEvent(tx, input.eventId);
    const chosen = await chooseNode(tx);
    if (chosen === null) {
      throw new AppError('no_node_available', 'Every stream node is busy or away; try again in a minute');
    }
    // Not the transaction's own time, which stood still while it waited for its turn.
    const createdAt = new Date();
    await tx.insert(streams).values({ ...input, id: streamId, ownerId: user.id, nodeId: chosen.id, createdAt });
    await notifyRoom(tx, { room: `event:${input.eventId}`, kind: 'streams' });
    return chosen;
  });
  await askNodeNow(context, node.id);
  return {
    stream: await getStreamView(context, streamId),
    publish: await publishAccess({
      secret: context.env.secret,
      userId: user.id,
      stream: { id: streamId, epoch: 1 },
      nodeUrl: node.publicUrl,
    }),
  };
}
