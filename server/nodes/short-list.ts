import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { leastLoaded, type NodeCandidate } from './choose-node';

/** So many nodes are looked at anew for each choice; where there are no more, all of them. */
const listedNodes = 64;
/** A node that comes, or whose load falls, is seen this much later than its snapshot, which comes once a second. */
const maxAgeMs = 100;

/** The list is for all streams: who has no room for a large one is left out when it is read anew for that one. */
const leastNeed = { demandPercent: 1 };

/** The least loaded nodes of a moment. */
export type ShortList = {
  nodeIds: string[];
  /** load for capacity, in hundredths, of the least loaded node that is not among them */
  boundRatio: number;
};

type Kept = { readAtMs: number; list: Promise<ShortList | null> };

// The pages' bundle has a map of its own: it reads once more, and chooses as well.
const keptByDatabase = new WeakMap<Database, Kept>();

/**
 * The nodes among which the least loaded one is now, as long as it has no more load for its capacity than `boundRatio`: loads
 * of others only rise by placements, and what lowers them, snapshots, are seen at most {@link maxAgeMs} late. So a thousand
 * nodes need not be compared while others wait for the placement lock; what is said of the listed ones is read under it.
 *
 * @returns `null` where nodes are too few for it to be worth anything
 */
export async function shortList(db: Database): Promise<ShortList | null> {
  const kept = keptByDatabase.get(db);
  const nowMs = performance.now();
  if (kept !== undefined && nowMs - kept.readAtMs < maxAgeMs) {
    return await kept.list;
  }
  const list = readShortList(db);
  keptByDatabase.set(db, { readAtMs: nowMs, list });
  try {
    return await list;
  } catch (error) {
    forgetShortList(db);
    throw error;
  }
}

/** It is used up: the next choice reads it anew. */
export function forgetShortList(db: Database): void {
  keptByDatabase.delete(db);
}

async function readShortList(db: Database): Promise<ShortList | null> {
  const rows = await db.execute<NodeCandidate>(
    sql`select * from (${leastLoaded(listedNodes + 1, leastNeed)}) as least order by "loadPercent"::float8 / capacity`,
  );
  const listed = [...rows];
  const bound = listed[listedNodes];
  return bound === undefined
    ? null
    : { nodeIds: listed.slice(0, listedNodes).map(({ id }) => id), boundRatio: bound.loadPercent / bound.capacity };
}
