import { newId } from '../../stream-node/contract/ids';
import { AppError } from '../errors';
import { findEvent } from '../events/get-event';
import { askNodeNow } from '../nodes/ask-node-now';
import { placeStream } from '../nodes/place-stream';
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
  await findEvent(context.db, input.eventId);
  const streamId = newId('stream');
  const node = await placeStream(context.db, { ...input, id: streamId, ownerId: user.id });
  if (node === null) {
    throw new AppError('no_node_available', 'Every stream node is busy or away; try again in a minute');
  }
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
