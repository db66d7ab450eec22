import { and, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Database, Queryable } from '../../db/client';
import { nodes, streams } from '../../db/schema';
import { assignStream } from '../nodes/assign-stream';
import { chooseNode, lockPlacement, nodeCandidates } from '../nodes/choose-node';
import { needOf } from '../nodes/stream-need';

/** A node that was silent for so long is not waited for by a job without input. */
const awaySeconds = 15;
/** A node in a trouble of its own has some jobs at once; the rest has its turn with the next round. */
const jobsPerRound = 50;

/**
 * Gives live jobs that wait for their first input another worker when theirs is gone. Nobody sends to them, so no publisher is
 * asked; of a stream that had one the publisher is the fence (ARCHITECTURE.md, "Fail-over").
 *
 * @param reachableSince since when nodes could reach us: a silence in which nobody could be heard moves nothing
 * @returns the nodes that have new jobs
 */
export async function rehomeWaitingJobs(db: Database, reachableSince: Date): Promise<string[]> {
  const waiting = await db
    .select({ id: streams.id })
    .from(streams)
    .leftJoin(nodes, eq(nodes.id, streams.nodeId))
    .where(and(isWaiting, isAway(reachableSince)))
    .limit(jobsPerRound);
  const nodeIds = new Set<string>();
  for (const { id } of waiting) {
    const nodeId = await db.transaction(async (tx) => await rehome(tx, id, reachableSince));
    if (nodeId !== null) {
      nodeIds.add(nodeId);
    }
  }
  return [...nodeIds];
}

/** A job that runs, and of which no input was ever reported by its node. */
const isWaiting = and(
  isNotNull(streams.spec),
  inArray(streams.state, ['created', 'connecting']),
  or(isNull(streams.observed), sql`${streams.observed} ->> 'state' = 'created'`),
);

function isAway(reachableSince: Date) {
  return or(
    isNull(streams.nodeId),
    sql`greatest(${nodes.lastSeenAt}, ${streams.assignedAt}, ${reachableSince.toISOString()}::timestamptz)
      < now() - make_interval(secs => ${awaySeconds})`,
  );
}

/** @returns the job's new node; null where it needs none, or there is none */
async function rehome(tx: Queryable, jobId: string, reachableSince: Date): Promise<string | null> {
  const [row] = await tx
    .select()
    .from(streams)
    .where(and(eq(streams.id, jobId), isWaiting))
    .for('update', { skipLocked: true });
  if (row === undefined) {
    return null;
  }
  await lockPlacement(tx);
  // Its node may have been heard of while this waited.
  const [stillAway] = await tx
    .select({ id: streams.id })
    .from(streams)
    .leftJoin(nodes, eq(nodes.id, streams.nodeId))
    .where(and(eq(streams.id, jobId), isAway(reachableSince)));
  const need = needOf(row);
  const chosen = stillAway === undefined ? null : chooseNode(await nodeCandidates(tx, 1, need), need.demandPercent);
  if (chosen === null) {
    return null;
  }
  await assignStream(tx, row, chosen.id);
  // It lost no publisher: it goes on waiting for its first one.
  await tx
    .update(streams)
    .set({ state: row.state, stateChangedAt: row.stateChangedAt, mediaNodeId: null })
    .where(eq(streams.id, jobId));
  return chosen.id;
}
