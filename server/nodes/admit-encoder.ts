import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { nodes, streamKeys, streams } from '../../db/schema';
import type { RtmpAdmissionAnswer, RtmpAdmissionRequest } from '../../stream-node/contract/rtmp-admission';
import { isFinal } from '../../stream-node/contract/stream-state';
import { unusualCodecs } from '../live-jobs/spec-codecs';
import type { OperationContext } from '../operation-context';
import { askNodeNow } from './ask-node-now';
import { assignStream } from './assign-stream';
import { makes } from './choose-node';

type Decision = { answer: RtmpAdmissionAnswer; leftNodeId?: string | null };

/** The same for a key that never was, one that was rotated and one that was revoked. */
const badKey: RtmpAdmissionAnswer = {
  ok: false,
  code: 'bad_key',
  message: 'This stream key is not valid: make a new one in your booth',
};
const over: RtmpAdmissionAnswer = {
  ok: false,
  code: 'stream_over',
  message: 'This stream is over: go live again in your booth and use its new key',
};
const notReady: RtmpAdmissionAnswer = {
  ok: false,
  code: 'node_not_ready',
  message: 'This server takes no streams at the moment: try again in a moment',
};

/**
 * Says whose stream key an encoder showed to a node. The publisher is the fence (ARCHITECTURE.md, "Fail-over"): a stream
 * that was assigned to another node is the asking node's from here on, in a higher epoch, and the former node hears of it.
 */
export async function admitEncoder(
  context: Pick<OperationContext, 'db' | 'env' | 'logger'>,
  request: RtmpAdmissionRequest,
): Promise<RtmpAdmissionAnswer> {
  const { answer, leftNodeId } = await context.db.transaction(async (tx) => await decide(tx, request));
  if (leftNodeId !== undefined) {
    context.logger.info({ nodeId: request.nodeId, leftNodeId }, 'an encoder took its stream to another node');
    await askNodeNow(context, leftNodeId);
  }
  return answer;
}

async function decide(tx: Queryable, { nodeId, keyHash }: RtmpAdmissionRequest): Promise<Decision> {
  const [stream] = await tx
    .select()
    .from(streams)
    .where(
      eq(streams.id, tx.select({ id: streamKeys.streamId }).from(streamKeys).where(eq(streamKeys.keyHash, keyHash))),
    )
    .for('update');
  if (stream === undefined) {
    return { answer: badKey };
  }
  if (isFinal(stream.state) || stream.state === 'parked') {
    return { answer: over };
  }
  const [node] = await tx
    .select({ draining: nodes.draining, makesAll: makes(unusualCodecs(stream.spec)) })
    .from(nodes)
    .where(eq(nodes.id, nodeId));
  if (node === undefined || ((node.draining || !node.makesAll) && stream.nodeId !== nodeId)) {
    return { answer: notReady };
  }
  const used = await tx
    .update(streamKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(eq(streamKeys.keyHash, keyHash))
    .returning({ streamId: streamKeys.streamId });
  if (used.length === 0) {
    // Rotated or revoked while this waited for the stream's row.
    return { answer: badKey };
  }
  if (stream.nodeId === nodeId) {
    return { answer: { ok: true, streamId: stream.id, epoch: stream.epoch } };
  }
  const epoch = await assignStream(tx, stream, nodeId);
  return { answer: { ok: true, streamId: stream.id, epoch }, leftNodeId: stream.nodeId };
}
