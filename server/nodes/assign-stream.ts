import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streamMoves, streams } from '../../db/schema';
import { transition } from '../../stream-node/contract/stream-state';
import { notifyRoom } from '../bus/notify';
import { keptTotals } from './job-totals';
import { addReservation } from './node-reservations';

type StreamRow = typeof streams.$inferSelect;

/**
 * Assigns a stream to another node, in a higher epoch. Its row must be locked. The former node hears of the epoch with its
 * next snapshot and stops; viewers stay with it until the new one has media.
 *
 * @returns the new epoch
 */
export async function assignStream(tx: Queryable, stream: StreamRow, nodeId: string): Promise<number> {
  const epoch = stream.epoch + 1;
  if (stream.nodeId !== null) {
    await tx.insert(streamMoves).values({ streamId: stream.id, epoch: stream.epoch, nodeId: stream.nodeId });
  }
  // Until the new node has media there is nothing new to play: viewers are told as of a broken line.
  const state = transition(stream.state, 'publisher-lost');
  const changed = state === null || state === stream.state ? {} : { state, stateChangedAt: new Date() };
  const mediaNodeId = stream.startedAt === null ? null : (stream.mediaNodeId ?? stream.nodeId);
  await tx
    .update(streams)
    // `now()` is when the transaction began, before it waited for locks.
    .set({
      nodeId,
      epoch,
      mediaNodeId,
      observed: null,
      ...keptTotals(stream, null),
      assignedAt: sql`clock_timestamp()`,
      ...changed,
    })
    .where(eq(streams.id, stream.id));
  await addReservation(tx, nodeId, stream.encoderPercent);
  await notifyRoom(tx, { room: `event:${stream.eventId}`, kind: 'streams' });
  return epoch;
}
