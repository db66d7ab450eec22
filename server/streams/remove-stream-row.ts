import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streamMoves, streams, streamTombstones, takes } from '../../db/schema';
import { notifyRoom } from '../bus/notify';

type RemovedStream = Pick<typeof streams.$inferSelect, 'id' | 'nodeId' | 'eventId' | 'epoch'>;

/**
 * Takes a stream's row away and leaves a tombstone for each node that holds media of it. A node that runs it cuts its
 * publisher off.
 *
 * @param row as it was read with a lock in this transaction
 * @returns the nodes that should be asked to look
 */
export async function removeStreamRow(tx: Queryable, row: RemovedStream): Promise<string[]> {
  const held = await tx.selectDistinct({ nodeId: takes.nodeId }).from(takes).where(eq(takes.streamId, row.id));
  const left = await tx
    .selectDistinct({ nodeId: streamMoves.nodeId })
    .from(streamMoves)
    .where(eq(streamMoves.streamId, row.id));
  const nodeIds = new Set([...held, ...left].map(({ nodeId }) => nodeId));
  if (row.nodeId !== null) {
    nodeIds.add(row.nodeId);
  }
  if (nodeIds.size > 0) {
    await tx
      .insert(streamTombstones)
      .values([...nodeIds].map((nodeId) => ({ streamId: row.id, nodeId, epoch: row.epoch })))
      .onConflictDoNothing();
  }
  await tx.delete(streams).where(eq(streams.id, row.id));
  await notifyRoom(tx, { room: `event:${row.eventId}`, kind: 'streams' });
  return [...nodeIds];
}
