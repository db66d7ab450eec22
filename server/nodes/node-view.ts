import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { nodes } from '../../db/schema';
import { aliveSeconds } from './choose-node';

/** `registered`: it has never reported; `suspect`: it has not reported for some seconds. */
export type NodeState = 'registered' | 'alive' | 'draining' | 'suspect';

/** A stream node as operators see it. */
export type NodeView = {
  id: string;
  key: number;
  name: string;
  hostName: string;
  internalAddress: string;
  externalAddress: string;
  publicUrl: string;
  state: NodeState;
  encoderSlots: number;
  viewerCapacity: number;
  publishers: number;
  /** what its encoders take, in hundredths of an encoder slot */
  encoderPercent: number;
  viewers: number;
  /** when its last snapshot arrived */
  lastSeenAt: Date | null;
  createdAt: Date;
};

/** Whether its last snapshot is fresh. */
export const isAliveColumn = sql<boolean>`coalesce(
  ${nodes.lastSeenAt} > now() - make_interval(secs => ${aliveSeconds}), false
)`;

/** The nodes that match, newest first. */
export async function loadNodeViews(
  db: Queryable,
  query: { where?: SQL | undefined; limit: number },
): Promise<NodeView[]> {
  const rows = await db
    .select({
      id: nodes.id,
      key: nodes.key,
      name: nodes.name,
      hostName: nodes.hostName,
      internalAddress: nodes.internalAddress,
      externalAddress: nodes.externalAddress,
      publicUrl: nodes.publicUrl,
      encoderSlots: nodes.encoderSlots,
      viewerCapacity: nodes.viewerCapacity,
      publishers: nodes.publishers,
      encoderPercent: nodes.encoderPercent,
      viewers: nodes.viewers,
      lastSeenAt: nodes.lastSeenAt,
      createdAt: nodes.createdAt,
      isAlive: isAliveColumn,
      isDraining: nodes.draining,
    })
    .from(nodes)
    .where(query.where)
    .orderBy(sql`${nodes.key} desc`)
    .limit(query.limit);
  return rows.map(({ isAlive, isDraining, ...row }) => ({ ...row, state: stateOf(row, isAlive, isDraining) }));
}

function stateOf({ lastSeenAt }: { lastSeenAt: Date | null }, isAlive: boolean, isDraining: boolean): NodeState {
  if (lastSeenAt === null) {
    return 'registered';
  }
  if (!isAlive) {
    return 'suspect';
  }
  return isDraining ? 'draining' : 'alive';
}
