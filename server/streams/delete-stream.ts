import { isFinal } from '../../stream-node/contract/stream-state';
import { AppError } from '../errors';
import { askNodeNow } from '../nodes/ask-node-now';
import { type OperationContext, requireUser } from '../operation-context';
import { lockOwnStream } from './get-stream';
import { removeStreamRow } from './remove-stream-row';
import type { StreamIdInput } from './stream-inputs';

/**
 * Deletes one's own stream that is over, with its recording: the row at once, the media as soon as each node that holds
 * some has heard of it.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict` while it is not over
 */
export async function deleteStream(context: OperationContext, input: StreamIdInput): Promise<{ streamId: string }> {
  const user = requireUser(context);
  const nodeIds = await context.db.transaction(async (tx) => {
    const row = await lockOwnStream(tx, user, input.streamId);
    if (!isFinal(row.state)) {
      throw new AppError('conflict', 'End the stream before you delete it');
    }
    return await removeStreamRow(tx, row);
  });
  await Promise.all(nodeIds.map(async (nodeId) => await askNodeNow(context, nodeId)));
  return { streamId: input.streamId };
}
