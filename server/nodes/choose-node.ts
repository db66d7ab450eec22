import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';

/** A node whose last snapshot is older is suspect and gets no new streams. */
export const aliveSeconds = 5;
/** A stream that was placed and never connected holds its place this long. */
const reservationSeconds = 60;
/** Any number that no other part of the product locks. */
const placementLock = 7_299_004;

export type ChosenNode = { id: string; publicUrl: string };

/**
 * Chooses the least loaded node: (publishers + viewers + reservations) over capacity, among nodes that are alive, not
 * draining and have an encoder slot; ties at random. A reservation is a stream that was placed there and that the node does
 * not count as a publisher yet. Call it in the transaction that writes the row: the lock holds until it ends, so that
 * simultaneous creations see each other's.
 *
 * @returns `null` when no node can take a stream
 */
export async function chooseNode(tx: Queryable): Promise<ChosenNode | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(${placementLock})`);
  const [chosen] = await tx.execute<ChosenNode>(sql`
    select node.id, node.public_url as "publicUrl"
    from node
    cross join lateral (
      select count(*)::int as reservations from stream
      where stream.node_id = node.id
        and stream.state = 'created'
        and stream.created_at > now() - make_interval(secs => ${reservationSeconds})
    ) as placed
    where node.last_seen_at > now() - make_interval(secs => ${aliveSeconds})
      and not node.draining
      and node.publishers + placed.reservations < node.encoder_slots
    order by
      (node.publishers + node.viewers + placed.reservations)::float8
        / greatest(node.encoder_slots + node.viewer_capacity, 1),
      random()
    limit 1
  `);
  return chosen ?? null;
}
