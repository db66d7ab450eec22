import { and, count, eq, notInArray } from 'drizzle-orm';
import { nodes, streams, takes } from '../../db/schema';
import { auditActorOf, writeAuditEntry } from '../audit/write-audit-entry';
import { AppError } from '../errors';
import { type OperationContext, requireOperator } from '../operation-context';
import type { NodeIdInput } from './node-inputs';
import { isAliveColumn } from './node-view';

/**
 * Forgets a node that is empty and gone. One that still reports would register itself again, and one that holds recordings
 * is where they are played from.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict`
 */
export async function removeNode(context: OperationContext, input: NodeIdInput): Promise<{ nodeId: string }> {
  const operator = requireOperator(context);
  await context.db.transaction(async (tx) => {
    // Locked, so that no stream is placed on it and no snapshot arrives meanwhile.
    const [node] = await tx
      .select({ id: nodes.id, name: nodes.name, isAlive: isAliveColumn })
      .from(nodes)
      .where(eq(nodes.id, input.nodeId))
      .for('update');
    if (node === undefined) {
      throw new AppError('not_found', 'There is no such stream server');
    }
    const [unfinished] = await tx
      .select({ count: count() })
      .from(streams)
      .where(and(eq(streams.nodeId, node.id), notInArray(streams.state, ['ended', 'failed'])));
    if (unfinished !== undefined && unfinished.count > 0) {
      throw new AppError(
        'conflict',
        `Streams that are not over are still on it (${unfinished.count}); drain it, and wait until they are`,
      );
    }
    const [held] = await tx.select({ count: count() }).from(takes).where(eq(takes.nodeId, node.id));
    if (held !== undefined && held.count > 0) {
      throw new AppError('conflict', `Takes of recordings are still on it (${held.count}); delete those first`);
    }
    if (node.isAlive) {
      throw new AppError('conflict', 'It still reports; stop its process first');
    }
    await tx.update(streams).set({ nodeId: null }).where(eq(streams.nodeId, node.id));
    // Viewers of a stream that was moved away wait for its new node then; this one has nothing for them.
    await tx.update(streams).set({ mediaNodeId: null }).where(eq(streams.mediaNodeId, node.id));
    await tx.delete(nodes).where(eq(nodes.id, node.id));
    await writeAuditEntry(tx, auditActorOf(operator), {
      action: 'node.remove',
      subjectKind: 'node',
      subject: node.id,
      detail: { name: node.name },
    });
  });
  return { nodeId: input.nodeId };
}
