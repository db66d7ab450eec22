import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';

/** A stream that was assigned and whose publisher has not come holds its place this long. */
const reservationSeconds = 60;

/**
 * Counts what the streams take that were assigned to a node and that it does not count as publishers yet. Count and `placed`
 * are read at the same moment, so nothing that is assigned meanwhile is lost or counted twice.
 */
export async function countReservations(tx: Queryable, nodeId: string): Promise<void> {
  await tx.execute(sql`
    insert into node_reservation (node_id, counted, placed_then)
    select ${nodeId}::text, coalesce(sum(stream.encoder_percent), 0), coalesce((select placed from node_reservation where node_id = ${nodeId}), 0)
    from stream
    where stream.node_id = ${nodeId}
      and (
        (
          (stream.state = 'created' or (stream.state = 'interrupted' and stream.media_node_id is not null))
          and stream.assigned_at > now() - make_interval(secs => ${reservationSeconds})
        )
        -- A live job has its worker from the word that it runs, however late its encoder comes.
        or (
          stream.spec is not null and stream.state in ('created', 'connecting')
          and coalesce(stream.observed ->> 'state', 'created') = 'created'
        )
      )
    on conflict (node_id) do update set counted = excluded.counted, placed_then = excluded.placed_then
    where (node_reservation.counted, node_reservation.placed_then)
      is distinct from (excluded.counted, excluded.placed_then)
  `);
}

/** One stream more holds its share of the node, in hundredths of an encoder slot, until the next snapshot tells better. */
export async function addReservation(tx: Queryable, nodeId: string, encoderPercent: number): Promise<void> {
  await tx.execute(sql`
    insert into node_reservation (node_id, placed) values (${nodeId}, ${encoderPercent})
    on conflict (node_id) do update set placed = node_reservation.placed + excluded.placed
  `);
}
