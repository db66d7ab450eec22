import { eq } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { whipUrl } from '../../stream-node/contract/media-urls';
import { isFinal } from '../../stream-node/contract/stream-state';
import { AppError } from '../errors';
import { askNodeNow } from '../nodes/ask-node-now';
import { type OperationContext, requireUser } from '../operation-context';
import { lockOwnStream } from './get-stream';
import type { StreamIdInput } from './stream-inputs';
import { newStreamKey, replaceStreamKey } from './stream-key';
import type { EncoderAccess } from './stream-view';

/**
 * Makes a new stream key for one's own stream, told this once. The one before it is worth nothing at once, and an encoder
 * that sends with it is cut off.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict` once the stream is over, `no_node_available`
 */
export async function rotateStreamKey(
  context: OperationContext,
  input: StreamIdInput,
): Promise<{ rtmp: EncoderAccess }> {
  const user = requireUser(context);
  const { streamKey, keyHash } = newStreamKey();
  const { url, whip, nodeId } = await context.db.transaction(async (tx) => {
    const stream = await lockOwnStream(tx, user, input.streamId);
    if (isFinal(stream.state)) {
      throw new AppError('conflict', 'This stream is over; start a new one');
    }
    const [node] =
      stream.nodeId === null
        ? []
        : await tx
            .select({ rtmpUrl: nodes.rtmpUrl, publicUrl: nodes.publicUrl })
            .from(nodes)
            .where(eq(nodes.id, stream.nodeId));
    const address = context.env.rtmpPublicUrl ?? node?.rtmpUrl ?? null;
    if (address === null || node === undefined) {
      throw new AppError('no_node_available', 'The stream’s node takes no encoders');
    }
    await replaceStreamKey(tx, stream.id, keyHash);
    return { url: address, whip: whipUrl(node.publicUrl, stream.id), nodeId: stream.nodeId };
  });
  await askNodeNow(context, nodeId);
  return { rtmp: { url, streamKey, whipUrl: whip } };
}
