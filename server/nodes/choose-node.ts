import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import type { Codec } from '../../stream-node/contract/codecs';
import { hasRoom, slotPercent } from '../../stream-node/contract/encoder-demand';

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
  /** what encoders take, reservations and viewers, each viewer as much as an encoder slot: in hundredths */
  loadPercent: number;
  /** encoder slots + viewers that it is good for, at least 1 */
  capacity: number;
  encoderSlots: number;
  /** what encoders and reservations take of these, in hundredths of a slot */
  takenPercent: number;
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
 * The nodes that may take a stream: alive, not draining, with room for its encoder (`hasRoom`); with the columns of
 * {@link NodeCandidate}, and how many such streams fit in (`places`). A reservation is a stream that was assigned there and
 * that the node does not count as a publisher yet (`nodeReservations`).
 *
 * By the column's statistics, which are of the past, Postgres would believe that no node is alive, and look up the
 * reservations of each one by one: hence the `coalesce`, which it cannot see through.
 */
const ableNodes = ({ codecs = [], demandPercent }: Need, amongIds?: readonly string[]) => sql`
  select *, case
      when "takenPercent" = 0 then greatest("encoderSlots" * ${slotPercent}::int / ${demandPercent}::int, least("encoderSlots", 1))
      else greatest("encoderSlots" * ${slotPercent}::int - "takenPercent", 0) / ${demandPercent}::int
    end as places
  from (select
    node.id,
    node.public_url as "publicUrl",
    node.rtmp_url as "rtmpUrl",
    node.encoder_percent + reserved.percent + ${slotPercent}::int * node.viewers as "loadPercent",
    greatest(node.encoder_slots + node.viewer_capacity, 1) as capacity,
    node.encoder_slots as "encoderSlots",
    node.encoder_percent + reserved.percent as "takenPercent",
    node.last_seen_at as "lastSeenAt"
  from node
  left join node_reservation as kept on kept.node_id = node.id
  cross join lateral (select coalesce(kept.counted + kept.placed - kept.placed_then, 0)::int as percent) as reserved
  where coalesce(node.last_seen_at, '-infinity') > now() - make_interval(secs => ${aliveSeconds})
    and not node.draining ${codecs.length === 0 ? sql`` : sql`and ${makes(codecs)}`}
    ${amongIds === undefined ? sql`` : sql`and node.id = any(array(select jsonb_array_elements_text(${JSON.stringify(amongIds)}::jsonb)))`}
  ) as able`;

/** What a stream asks of a node. */
export type Need = {
  /** for which it must have encoders, beside those that every node has */
  codecs?: readonly Codec[];
  /** of its encoders, in hundredths of an encoder slot, at least 1 */
  demandPercent: number;
};

/**
 * The `count` least loaded nodes that may take a stream, equal ones in any order. They are enough for `count` streams, for each
 * of these changes one node, and the next is best placed on one of the changed or on the best of the others.
 *
 * @param amongIds only among these nodes; without it among all
 */
export function leastLoaded(count: number, need: Need, amongIds?: readonly string[]): SQL {
  return sql`
    select id, "publicUrl", "rtmpUrl", "loadPercent", capacity, "encoderSlots", "takenPercent", places,
      extract(epoch from now() - "lastSeenAt")::float8 as "silentSeconds"
    from (
      select * from (${ableNodes(need, amongIds)}) as able
      where places > 0 order by "loadPercent"::float8 / capacity, random() limit ${count}
    ) as least`;
}

/** Those nodes. */
export async function nodeCandidates(tx: Queryable, count: number, need: Need): Promise<NodeCandidate[]> {
  return [...(await tx.execute<NodeCandidate>(leastLoaded(count, need)))];
}

/**
 * Least connections: the candidate with the smallest load for its capacity that has room for the encoder; ties at random, so
 * that equal web processes do not all run to the first.
 *
 * @returns `null` when no node can take a stream
 */
export function chooseNode(
  candidates: NodeCandidate[],
  demandPercent: number,
  random: () => number = Math.random,
): NodeCandidate | null {
  let least: NodeCandidate[] = [];
  let leastRatio = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const ratio = candidate.loadPercent / candidate.capacity;
    const room = { slots: candidate.encoderSlots, takenPercent: candidate.takenPercent };
    if (ratio > leastRatio || !hasRoom(room, demandPercent)) {
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
export function withOneMore(candidate: NodeCandidate, demandPercent: number): NodeCandidate {
  const { loadPercent, takenPercent } = candidate;
  return { ...candidate, loadPercent: loadPercent + demandPercent, takenPercent: takenPercent + demandPercent };
}
