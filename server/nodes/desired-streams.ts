import { and, eq, gt, inArray, lt, ne, notInArray, or, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { nodes, streamKeys, streamMoves, streams, streamTombstones, takes } from '../../db/schema';
import type { DesiredStream, DesiredStreamAction, NodeSnapshot } from '../../stream-node/contract/snapshots';
import type { StreamState } from '../../stream-node/contract/stream-state';
import { customOutput } from '../live-jobs/custom-output';

/** How long an ended stream is still named to its node, so that one that was away hears of the end. */
const endedStays = sql`interval '24 hours'`;
/** How long a node is told where a stream went that left it; it keeps that on disk. */
const movedStays = sql`interval '24 hours'`;
/** How long a node that holds some of a recording is told what of it is shown. */
const trimStays = sql`interval '7 days'`;
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

const holdsTakes = (nodeId: string) =>
  sql`exists (select from ${takes} where ${takes.streamId} = ${streams.id} and ${takes.nodeId} = ${nodeId})`;

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
          or(
            notInArray(streams.state, ['parked', 'ended', 'failed']),
            sql`${streams.endedAt} > now() - ${endedStays}`,
            and(eq(streams.state, 'parked'), sql`${streams.stateChangedAt} > now() - ${endedStays}`),
          ),
        ),
        inArray(streams.id, reportedIds),
        inArray(streams.id, recentlyLeft(tx, snapshot.nodeId)),
        and(gt(streams.trimmedAt, sql`now() - ${trimStays}`), holdsTakes(snapshot.nodeId)),
      ),
    );
  const homes = await homesOf(
    tx,
    rows.map(({ stream }) => stream.id),
  );
  const wanted = rows.map(({ stream: row, keyHash }): DesiredStream => {
    const isHere = row.nodeId === snapshot.nodeId;
    const others = homes.filter(({ streamId, nodeId }) => streamId === row.id && nodeId !== snapshot.nodeId);
    const home = others.find(({ nodeId }) => nodeId === row.nodeId)?.url;
    const formerHomes = others.flatMap(({ url, nodeId }) => (nodeId === row.nodeId ? [] : [url]));
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
      ...(row.startedAt !== null && { startedAtMs: row.startedAt.getTime() }),
      ...(!isHere && home !== undefined && { home }),
      ...(formerHomes.length > 0 && { formerHomes }),
      ...(row.spec !== null && { custom: customOutput(row.spec) }),
      trim: { startMs: row.trimStartsAt?.getTime() ?? null, endMs: row.trimEndsAt?.getTime() ?? null },
    };
  });
  return [...wanted, ...(await deletions(tx, snapshot.nodeId, reportedIds))];
}

/** Streams that left the node not long ago: who asks there for one is told where it is. */
function recentlyLeft(tx: Queryable, nodeId: string) {
  return tx
    .select({ streamId: streamMoves.streamId })
    .from(streamMoves)
    .where(and(eq(streamMoves.nodeId, nodeId), gt(streamMoves.movedAt, sql`now() - ${movedStays}`)));
}

/** Every node that has or had one of these streams, for those that were ever moved. */
async function homesOf(tx: Queryable, streamIds: string[]) {
  if (streamIds.length === 0) {
    return [];
  }
  const [moved, now] = [
    tx
      .select({ streamId: streamMoves.streamId, nodeId: nodes.id, url: nodes.publicUrl })
      .from(streamMoves)
      .innerJoin(nodes, eq(nodes.id, streamMoves.nodeId))
      .where(and(inArray(streamMoves.streamId, streamIds), ne(nodes.publicUrl, ''))),
    tx
      .select({ streamId: streams.id, nodeId: nodes.id, url: nodes.publicUrl })
      .from(streams)
      .innerJoin(nodes, eq(nodes.id, streams.nodeId))
      .where(and(inArray(streams.id, streamIds), ne(nodes.publicUrl, ''), gt(streams.epoch, 1))),
  ];
  return await moved.union(now);
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
