import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { streamKeys, streams } from '../../db/schema';
import { PublicId } from '../../stream-node/contract/ids';
import { transition } from '../../stream-node/contract/stream-state';
import { auditActorOf, writeAuditEntry } from '../audit/write-audit-entry';
import { notifyRoom } from '../bus/notify';
import { AppError } from '../errors';
import { askNodeNow } from '../nodes/ask-node-now';
import { type OperationContext, requireOperator } from '../operation-context';
import { plainText } from '../text/plain-text';

export const KillStreamInput = z.object({
  streamId: PublicId,
  /** told to the broadcaster, and kept in the audit log */
  reason: plainText({ graphemesMin: 3, graphemesMax: 300 }),
});
export type KillStreamInput = z.output<typeof KillStreamInput>;

/**
 * An operator ends anyone's stream at once: its publisher is cut off, its key is worth nothing from then on, and its owner
 * reads the reason. The recording stays its owner's.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict` when it is over already
 */
export async function killStream(context: OperationContext, input: KillStreamInput): Promise<{ streamId: string }> {
  const operator = requireOperator(context);
  const nodeId = await context.db.transaction(async (tx) => {
    const [row] = await tx.select().from(streams).where(eq(streams.id, input.streamId)).for('update');
    if (row === undefined) {
      throw new AppError('not_found', 'There is no such stream');
    }
    const state = transition(row.state, 'end');
    if (state === null) {
      throw new AppError('conflict', 'The stream is over already');
    }
    const now = new Date();
    const reason = `Ended by an operator: ${input.reason}`;
    await tx.update(streams).set({ state, reason, endedAt: now, stateChangedAt: now }).where(eq(streams.id, row.id));
    await tx.delete(streamKeys).where(eq(streamKeys.streamId, row.id));
    await writeAuditEntry(tx, auditActorOf(operator), {
      action: 'stream.kill',
      subjectKind: 'stream',
      subject: row.id,
      detail: { reason: input.reason },
    });
    await notifyRoom(tx, { room: `event:${row.eventId}`, kind: 'streams' });
    return row.nodeId;
  });
  await askNodeNow(context, nodeId);
  return { streamId: input.streamId };
}
