import { eq } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { isFinal } from '../../stream-node/contract/stream-state';
import { AppError } from '../errors';
import { type OperationContext, requireUser } from '../operation-context';
import { lockOwnStream } from './get-stream';
import { publishAccess } from './publish-access';
import type { StreamIdInput } from './stream-inputs';
import type { PublishAccess } from './stream-view';

/**
 * A fresh right to send to one's own stream, for a publisher that reconnects.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict` once the stream is over, `no_node_available`
 */
export async function renewPublishGrant(
  context: OperationContext,
  input: StreamIdInput,
): Promise<{ publish: PublishAccess }> {
  const user = requireUser(context);
  const stream = await context.db.transaction(async (tx) => await lockOwnStream(tx, user, input.streamId));
  if (isFinal(stream.state)) {
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
