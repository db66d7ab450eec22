import { eq } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { isFinal } from '../../stream-node/contract/stream-state';
import { AppError } from '../errors';
import { askNodeNow } from '../nodes/ask-node-now';
import { moveStream } from '../nodes/move-stream';
import { type OperationContext, requireUser } from '../operation-context';
import { lockOwnStream } from './get-stream';
import { publishAccess } from './publish-access';
import type { RenewPublishGrantInput } from './stream-inputs';
import type { PublishAccess } from './stream-view';

/**
 * A fresh right to send to one's own stream, for a publisher that has no connection, or was asked by its node to go
 * elsewhere. Where the stream's node is gone, silent, full or draining, the stream moves to another one. Of a stream that is over only the rest of
 * earlier sessions may still be sent; whether it is taken is the node's to say, which goes by the end, not by the grant.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict` once the stream is over, `no_node_available`
 */
export async function renewPublishGrant(
  context: OperationContext,
  input: RenewPublishGrantInput,
): Promise<{ publish: PublishAccess }> {
  const user = requireUser(context);
  const { stream, moved } = await context.db.transaction(async (tx) => {
    const row = await lockOwnStream(tx, user, input.streamId);
    if (isFinal(row.state) && input.backfill !== true) {
      throw new AppError('conflict', 'This stream is over; start a new one');
    }
    return { stream: row, moved: input.backfill === true ? null : await moveStream(tx, row) };
  });
  const { secret } = context.env;
  if (moved !== null) {
    const { nodeId, nodeUrl, epoch } = moved;
    context.logger.info({ streamId: stream.id, nodeId, leftNodeId: stream.nodeId }, 'a stream moves to another node');
    await askNodeNow(context, nodeId);
    return { publish: await publishAccess({ secret, userId: user.id, stream: { id: stream.id, epoch }, nodeUrl }) };
  }
  const [node] =
    stream.nodeId === null
      ? []
      : await context.db.select({ publicUrl: nodes.publicUrl }).from(nodes).where(eq(nodes.id, stream.nodeId));
  if (node === undefined) {
    throw new AppError('no_node_available', 'The stream has no node at the moment; try again in a minute');
  }
  return { publish: await publishAccess({ secret, userId: user.id, stream, nodeUrl: node.publicUrl }) };
}
