import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streams, takes } from '../../db/schema';
import type { NodeSnapshot, ObservedTake } from '../../stream-node/contract/snapshots';

/** Rows per statement: Postgres takes at most 65 535 parameters. */
const rowsPerInsert = 1000;

/**
 * Keeps a row of every take that a node holds of a stream we know. A closed take does not change any more, so it is
 * written once and then confirmed to the node.
 *
 * @returns the events whose recordings became playable or final
 */
export async function applyObservedTakes(
  tx: Queryable,
  snapshot: NodeSnapshot,
): Promise<{ eventIds: string[]; confirmedTakeIds: string[] }> {
  if (snapshot.takes.length === 0) {
    return { eventIds: [], confirmedTakeIds: [] };
  }
  const takeIds = snapshot.takes.map((take) => take.takeId);
  const known = await tx
    .select({ id: takes.id, closed: takes.closed })
    .from(takes)
    .where(and(inArray(takes.id, takeIds), eq(takes.nodeId, snapshot.nodeId)));
  const closedById = new Map(known.map((take) => [take.id, take.closed]));
  const pending = snapshot.takes.filter((take) => closedById.get(take.takeId) !== true);
  const streamIds = [...new Set(pending.map((take) => take.streamId))];
  const rows = await tx
    .select({ id: streams.id, eventId: streams.eventId })
    .from(streams)
    .where(inArray(streams.id, streamIds));
  const eventIdOf = new Map(rows.map((row) => [row.id, row.eventId]));
  const writable = pending.filter((take) => eventIdOf.has(take.streamId));
  for (let start = 0; start < writable.length; start += rowsPerInsert) {
    await upsertTakes(tx, snapshot.nodeId, writable.slice(start, start + rowsPerInsert));
  }
  const news = writable.filter((take) => take.closed || !closedById.has(take.takeId));
  const isClosedRow = (take: ObservedTake) =>
    closedById.get(take.takeId) === true || (take.closed && eventIdOf.has(take.streamId));
  return {
    eventIds: news.flatMap((take) => eventIdOf.get(take.streamId) ?? []),
    confirmedTakeIds: snapshot.takes.filter(isClosedRow).map((take) => take.takeId),
  };
}

async function upsertTakes(tx: Queryable, nodeId: string, observed: ObservedTake[]): Promise<void> {
  await tx
    .insert(takes)
    .values(
      observed.map((take) => ({
        id: take.takeId,
        streamId: take.streamId,
        nodeId,
        epoch: take.epoch,
        startedAt: new Date(take.startedAtMs),
        durationSeconds: take.durationSeconds,
        bytes: take.bytes,
        closed: take.closed,
      })),
    )
    .onConflictDoUpdate({
      target: takes.id,
      set: {
        startedAt: sql`excluded.started_at`,
        durationSeconds: sql`excluded.duration_seconds`,
        bytes: sql`excluded.bytes`,
        closed: sql`excluded.closed`,
      },
      setWhere: and(eq(takes.nodeId, nodeId), eq(takes.closed, false)),
    });
}
