import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import type { NodeSnapshot } from '../../stream-node/contract/snapshots';

/**
 * A node that reports for the first time is the one that an operator registered by hand under its host name, if there is such
 * a one: that row becomes its own, and answers to the id it was given as well. Of several the one of the same name is meant,
 * else the oldest.
 */
export async function adoptRegistration(tx: Queryable, snapshot: NodeSnapshot): Promise<void> {
  await tx.execute(sql`
    update node set id = ${snapshot.nodeId}, registered_as = node.id
    where not exists (select from node as known where known.id = ${snapshot.nodeId})
      and key = (
        select key from node as registered
        where registered.last_seen_at is null and registered.registered_as is null
          and lower(registered.host_name) = lower(${snapshot.hostName})
        order by registered.name = ${snapshot.name} desc, registered.key
        limit 1
        for update
      )
  `);
}
