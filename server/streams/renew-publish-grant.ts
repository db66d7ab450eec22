import { eq } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { isFinal } from '../../stream-node/contract/stream-state';
import { AppError } from '../errors';
import { type OperationContext, requireUser } from '../operation-context';
import { lockOwnStream } from './get-stream';
import { publishAccess } from './publish-access';
import type { RenewPublishGrantInput } from './stream-inputs';
import type { PublishAccess } from './stream-view';

/**
 * A fresh right to send to one's own stream, for a publisher that reconnects. Of a stream that is over only the rest of
 * earlier sessions may still be sent; whether it is taken is the node's to say, which goes by the end, not by the grant.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict` once the stream is over, `no_node_available`
 */
export async function renewPublishGrant(
  context: OperationContext,
  input: RenewPublishGrantInput,
): Promise<{ publish: PublishAccess }> {
  const user = requireUser(context);
  const stream = await context.db.transaction(async (tx) => await lockOwnStream(tx, user, input.streamId));
  if (isFinal(stream.state) && input.backfill !== true) {
    throw new AppError('conflict', 'This stream is over; start a new one');
  }
  const [node] =
    stream.nodeId === null
      ? []
      : await context.db.select({ publicUrl: nodes.publicUrl }).from(nodes).where(eq(nodes.id, stream.nodeId));
  if (node === undefined) {
    throw new AppError('no_node_available', 'The stream has no node at the moment; try again in a minute');
  }
  const publish = await publishAccess({
    secret: context.env.secret,
    userId: user.id,
    stream,
    nodeUrl: node.publicUrl,
  });
  return { publish };
}
