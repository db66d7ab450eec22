import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import type { Codec } from '../../stream-node/contract/codecs';

/** A node whose last snapshot is older is suspect and gets no new streams. */
export const aliveSeconds = 5;
/**
 * A node whose last snapshot is older is believed to be gone when a publisher says, too, that it cannot reach it: two
 * witnesses need less patience than one.
 */
export const doubtedAfterSeconds = 2;

export type NodeCandidate = {
  id: string;
  publicUrl: string;
  /** where encoders reach it; null: it takes none */
  rtmpUrl: string | null;
  /** publishers + viewers + reservations */
  load: number;
  /** encoder slots + viewers that it is good for, at least 1 */
  capacity: number;
  freeEncoderSlots: number;
  /** since its last snapshot */
  silentSeconds: number;
};

/** Any number that no other part of the product locks. */
const placementLock = 7_299_004;

/** Until the transaction ends nobody else assigns a stream to a node. Without parameters: those cost a round trip more. */
export const takePlacementLock = `select pg_advisory_xact_lock(${placementLock})`;

export async function lockPlacement(tx: Queryable): Promise<void> {
  await tx.execute(sql.raw(takePlacementLock));
}

/** Of a row of `node`: whether it has encoders for these, beside those that every node has. */
export function makes(codecs: readonly Codec[]): SQL<boolean> {
  return sql<boolean>`coalesce(node.snapshot->'codecs', '[]'::jsonb) @> ${JSON.stringify(codecs)}::jsonb`;
}

/** Whether a node that is alive has encoders for these, however busy it is. */
export async function hasNodeFor(db: Queryable, codecs: readonly Codec[]): Promise<boolean> {
  const found = await db.execute(sql`
    select from node
    where node.last_seen_at > now() - make_interval(secs => ${aliveSeconds}) and ${makes(codecs)}
    limit 1
  `);
  return [...found].length > 0;
}

/**
 * The nodes that may take a stream: alive, not draining, with an encoder slot; with the columns of {@link NodeCandidate}. A
 * reservation is a stream that was assigned there and that the node does not count as a publisher yet (`nodeReservations`).
 *
 * By the column's statistics, which are of the past, Postgres would believe that no node is alive, and look up the
 * reservations of each one by one: hence the `coalesce`, which it cannot see through.
 */
const ableNodes = (codecs: readonly Codec[], amongIds?: readonly string[]) => sql`
  select * from (select
    node.id,
    node.public_url as "publicUrl",
    node.rtmp_url as "rtmpUrl",
    node.publishers + node.viewers + reserved.places as load,
    greatest(node.encoder_slots + node.viewer_capacity, 1) as capacity,
    node.encoder_slots - node.publishers - reserved.places as "freeEncoderSlots",
    node.last_seen_at as "lastSeenAt"
  from node
  left join node_reservation as kept on kept.node_id = node.id
  cross join lateral (select coalesce(kept.counted + kept.placed - kept.placed_then, 0)::int as places) as reserved
  where coalesce(node.last_seen_at, '-infinity') > now() - make_interval(secs => ${aliveSeconds})
    and not node.draining ${codecs.length === 0 ? sql`` : sql`and ${makes(codecs)}`}
    ${amongIds === undefined ? sql`` : sql`and node.id = any(array(select jsonb_array_elements_text(${JSON.stringify(amongIds)}::jsonb)))`}
  ) as able
  where "freeEncoderSlots" > 0`;

/**
 * The `count` least loaded nodes that may take a stream, equal ones in any order. They are enough for `count` streams, for each
 * of these changes one node, and the next is best placed on one of the changed or on the best of the others.
 *
 * @param codecs what they must have encoders for, beside those that every node has
 * @param amongIds only among these nodes; without it among all
 */
export function leastLoaded(count: number, codecs: readonly Codec[], amongIds?: readonly string[]): SQL {
  return sql`
    select id, "publicUrl", "rtmpUrl", load, capacity, "freeEncoderSlots",
      extract(epoch from now() - "lastSeenAt")::float8 as "silentSeconds"
    from (${ableNodes(codecs, amongIds)} order by load::float8 / capacity, random() limit ${count}) as least`;
}

/** Those nodes. */
export async function nodeCandidates(
  tx: Queryable,
  count: number,
  codecs: readonly Codec[] = [],
): Promise<NodeCandidate[]> {
  return [...(await tx.execute<NodeCandidate>(leastLoaded(count, codecs)))];
}

/**
 * Least connections: the candidate with the smallest load for its capacity that has an encoder slot; ties at random, so
 * that equal web processes do not all run to the first.
 *
 * @returns `null` when no node can take a stream
 */
export function chooseNode(candidates: NodeCandidate[], random: () => number = Math.random): NodeCandidate | null {
  let least: NodeCandidate[] = [];
  let leastRatio = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const ratio = candidate.load / candidate.capacity;
    if (candidate.freeEncoderSlots < 1 || ratio > leastRatio) {
      continue;
    }
    if (ratio < leastRatio) {
      least = [];
      leastRatio = ratio;
    }
    least.push(candidate);
  }
  return least[Math.floor(random() * least.length)] ?? null;
}

/** The candidate as it is after it was given one more stream. */
export function withOneMore(candidate: NodeCandidate): NodeCandidate {
  return { ...candidate, load: candidate.load + 1, freeEncoderSlots: candidate.freeEncoderSlots - 1 };
}
