import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { nodes, type streams } from '../../db/schema';
import { hasRoom } from '../../stream-node/contract/encoder-demand';
import { isOnAir } from '../../stream-node/contract/stream-state';
import { assignStream } from './assign-stream';
import { chooseNode, doubtedAfterSeconds, lockPlacement, nodeCandidates } from './choose-node';
import { needOf } from './stream-need';

type StreamRow = typeof streams.$inferSelect;
export type MovedStream = { nodeId: string; nodeUrl: string; epoch: number };

/** More than are ever silent at once and not yet known to be away. */
const consideredMax = 100;

/**
 * Finds another node for a stream whose publisher has no connection, or was asked by its node to go elsewhere. It moves only
 * where its node is gone, silent, draining or has no encoder for it: the publisher is the fence (ARCHITECTURE.md, "Fail-over"),
 * and this is asked by nobody else. The stream's row must be locked.
 *
 * @returns `null`: it stays where it is, for its node is well or no other one can take it
 */
export async function moveStream(tx: Queryable, stream: StreamRow): Promise<MovedStream | null> {
  if (!(await mustLeave(tx, stream))) {
    return null;
  }
  await lockPlacement(tx);
  const others = (await nodeCandidates(tx, consideredMax, needOf(stream))).filter(({ id }) => id !== stream.nodeId);
  const heard = others.filter(({ silentSeconds }) => silentSeconds <= doubtedAfterSeconds);
  const { encoderPercent } = stream;
  const chosen = chooseNode(heard, encoderPercent) ?? chooseNode(others, encoderPercent);
  if (chosen === null) {
    return null;
  }
  const epoch = await assignStream(tx, stream, chosen.id);
  return { nodeId: chosen.id, nodeUrl: chosen.publicUrl, epoch };
}

async function mustLeave(tx: Queryable, stream: StreamRow): Promise<boolean> {
  if (stream.nodeId === null) {
    return true;
  }
  const [node] = await tx
    .select({
      draining: nodes.draining,
      slots: nodes.encoderSlots,
      takenPercent: nodes.encoderPercent,
      isHeard: sql<boolean>`coalesce(${nodes.lastSeenAt} > now() - make_interval(secs => ${doubtedAfterSeconds}), false)`,
    })
    .from(nodes)
    .where(eq(nodes.id, stream.nodeId));
  if (node === undefined || node.draining || !node.isHeard) {
    return true;
  }
  // A stream that the node has is one of its publishers; another one may find no encoder free.
  return !hasRoom(node, stream.encoderPercent) && !(isOnAir(stream.state) && stream.observed !== null);
}
