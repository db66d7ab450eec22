import { newId } from '../../stream-node/contract/ids';
import { whipUrl } from '../../stream-node/contract/media-urls';
import { AppError } from '../errors';
import { findEvent } from '../events/get-event';
import { askNodeNow } from '../nodes/ask-node-now';
import { placeStream } from '../nodes/place-stream';
import { type OperationContext, requireUser } from '../operation-context';
import { quotaRefusal } from '../recordings/recording-limits';
import { getStreamView } from './get-stream';
import { publishAccess } from './publish-access';
import type { CreateStreamInput } from './stream-inputs';
import { newStreamKey } from './stream-key';
import type { EncoderAccess, PublishAccess, StreamView } from './stream-view';

/**
 * Makes a stream on the least loaded node and gives its maker the right to send to it: by page with a grant, by encoder with
 * a stream key, which nobody is told again. `rtmp` is null where no node takes encoders. Whoever's recordings are at their
 * quota goes live without one; the view says so.
 *
 * @throws AppError `unauthorized`, `not_found` (the event), `no_node_available`
 */
export async function createStream(
  context: OperationContext,
  input: CreateStreamInput,
): Promise<{ stream: StreamView; publish: PublishAccess & { rtmp: EncoderAccess | null } }> {
  const user = requireUser(context);
  await findEvent(context.db, input.eventId);
  const streamId = newId('stream');
  const { streamKey, keyHash } = newStreamKey();
  const recordRefused = input.record ? await quotaRefusal(context.db, context.env, user.id) : null;
  const record = input.record && recordRefused === null;
  const row = { ...input, id: streamId, ownerId: user.id, keyHash, record, recordRefused };
  const node = await placeStream(context.db, row);
  if (node === null) {
    throw new AppError('no_node_available', 'Every stream node is busy or away; try again in a minute');
  }
  const { secret, rtmpPublicUrl } = context.env;
  const access = { secret, userId: user.id, stream: { id: streamId, epoch: 1 }, nodeUrl: node.publicUrl };
  // Whoever waits for this is about to go live.
  const [stream, publish] = await Promise.all([
    getStreamView(context, streamId),
    publishAccess(access),
    askNodeNow(context, node.id),
  ]);
  const url = rtmpPublicUrl ?? node.rtmpUrl;
  return {
    stream,
    publish: { ...publish, rtmp: url === null ? null : { url, streamKey, whipUrl: whipUrl(node.publicUrl, streamId) } },
  };
}
