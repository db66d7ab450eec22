import { and, eq, inArray, lt, notInArray, or, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streamKeys, streams, streamTombstones } from '../../db/schema';
import type { DesiredStream, DesiredStreamAction, NodeSnapshot } from '../../stream-node/contract/snapshots';
import type { StreamState } from '../../stream-node/contract/stream-state';

/** How long an ended stream is still named to its node, so that one that was away hears of the end. */
const endedStays = sql`interval '24 hours'`;
/** How long a node is told to delete what it no longer reports. */
const tombstoneStays = sql`interval '7 days'`;

const actionByState: Record<StreamState, DesiredStreamAction> = {
  created: 'run',
  connecting: 'run',
  live: 'run',
  interrupted: 'run',
  paused: 'pause',
  parked: 'park',
  ended: 'end',
  failed: 'end',
};

/** What the web wants of every stream that a node has, reports, or should delete. */
export async function desiredStreams(tx: Queryable, snapshot: NodeSnapshot): Promise<DesiredStream[]> {
  const reportedIds = [...new Set([...snapshot.streams, ...snapshot.takes].map((reported) => reported.streamId))];
  const rows = await tx
    .select({ stream: streams, keyHash: streamKeys.keyHash })
    .from(streams)
    .leftJoin(streamKeys, eq(streamKeys.streamId, streams.id))
    .where(
      or(
        and(
          eq(streams.nodeId, snapshot.nodeId),
          or(notInArray(streams.state, ['ended', 'failed']), sql`${streams.endedAt} > now() - ${endedStays}`),
        ),
        inArray(streams.id, reportedIds),
      ),
    );
  const wanted = rows.map(({ stream: row, keyHash }): DesiredStream => {
    const isHere = row.nodeId === snapshot.nodeId;
    return {
      streamId: row.id,
      epoch: row.epoch,
      // Moved on to another node: what this one still has of it is over.
      action: isHere ? actionByState[row.state] : 'end',
      kind: row.kind,
      profile: row.profile,
      record: row.record,
      visibility: row.visibility,
      streamKeyHash: keyHash,
      dvrWindowSeconds: row.dvrWindowSeconds,
      graceSeconds: row.graceSeconds,
    };
  });
  return [...wanted, ...(await deletions(tx, snapshot.nodeId, reportedIds))];
}

async function deletions(tx: Queryable, nodeId: string, reportedIds: string[]): Promise<DesiredStream[]> {
  await tx
    .delete(streamTombstones)
    .where(
      and(
        eq(streamTombstones.nodeId, nodeId),
        lt(streamTombstones.createdAt, sql`now() - ${tombstoneStays}`),
        notInArray(streamTombstones.streamId, reportedIds),
      ),
    );
  const tombstones = await tx.select().from(streamTombstones).where(eq(streamTombstones.nodeId, nodeId));
  return tombstones.map((tombstone) => ({
    streamId: tombstone.streamId,
    epoch: tombstone.epoch,
    action: 'delete',
    // A deletion needs none of the following.
    kind: 'video',
    profile: 'balanced',
    record: false,
    visibility: 'private',
    streamKeyHash: null,
    dvrWindowSeconds: 0,
    graceSeconds: 0,
  }));
}
