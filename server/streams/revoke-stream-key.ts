import { eq } from 'drizzle-orm';
import { streamKeys } from '../../db/schema';
import { askNodeNow } from '../nodes/ask-node-now';
import { type OperationContext, requireUser } from '../operation-context';
import { lockOwnStream } from './get-stream';
import type { StreamIdInput } from './stream-inputs';

/**
 * Takes the stream key of one's own stream away: no encoder may send to it, and one that does is cut off. Again changes
 * nothing.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`
 */
export async function revokeStreamKey(context: OperationContext, input: StreamIdInput): Promise<{ streamId: string }> {
  const user = requireUser(context);
  const nodeId = await context.db.transaction(async (tx) => {
    const stream = await lockOwnStream(tx, user, input.streamId);
    await tx.delete(streamKeys).where(eq(streamKeys.streamId, stream.id));
    return stream.nodeId;
  });
  await askNodeNow(context, nodeId);
  return { streamId: input.streamId };
}
