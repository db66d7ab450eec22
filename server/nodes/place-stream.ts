import { sql } from 'drizzle-orm';
import type { Database, Queryable } from '../../db/client';
import { streamKeys, streams } from '../../db/schema';
import { notifyRoom } from '../bus/notify';
import { chooseNode, lockPlacement, type NodeCandidate, nodeCandidates, withOneMore } from './choose-node';

type NewStream = Omit<typeof streams.$inferInsert, 'nodeId' | 'createdAt' | 'assignedAt'> & {
  /** SHA-256 of its first stream key */
  keyHash?: string;
};
type Waiting = {
  stream: NewStream;
  resolve: (node: NodeCandidate | null) => void;
  reject: (error: unknown) => void;
};

// The pages' bundle has a map of its own. That costs a batch its size, not its truth: the lock is in the database.
const waitingByDatabase = new WeakMap<Database, Waiting[]>();

/**
 * Chooses the least loaded node for a new stream and writes its row, both in one transaction under a lock, so that
 * simultaneous creations see each other. Those that wait in this process meanwhile are placed together: a hundred at once
 * take two transactions, not a hundred connections.
 *
 * @returns the node, or `null` when none can take a stream; then nothing was written
 */
export async function placeStream(db: Database, stream: NewStream): Promise<NodeCandidate | null> {
  return await new Promise((resolve, reject) => {
    const waiting = waitingByDatabase.get(db);
    if (waiting !== undefined) {
      waiting.push({ stream, resolve, reject });
      return;
    }
    waitingByDatabase.set(db, [{ stream, resolve, reject }]);
    void placeAllWaiting(db);
  });
}

async function placeAllWaiting(db: Database): Promise<void> {
  for (let batch = waitingByDatabase.get(db); batch !== undefined; batch = waitingByDatabase.get(db)) {
    if (batch.length === 0) {
      waitingByDatabase.delete(db);
      return;
    }
    waitingByDatabase.set(db, []);
    await placeBatch(db, batch);
  }
}

async function placeBatch(db: Database, batch: Waiting[]): Promise<void> {
  try {
    const streamsToPlace = batch.map(({ stream }) => stream);
    const placed = await db.transaction(async (tx) => await writePlacements(tx, streamsToPlace));
    for (const [index, { resolve }] of batch.entries()) {
      resolve(placed[index] ?? null);
    }
  } catch (error) {
    if (batch.length === 1) {
      batch[0]?.reject(error);
      return;
    }
    // One that cannot be written (its event was just deleted) must not take the others with it.
    for (const one of batch) {
      await placeBatch(db, [one]);
    }
  }
}

async function writePlacements(tx: Queryable, newStreams: NewStream[]): Promise<(NodeCandidate | null)[]> {
  await lockPlacement(tx);
  let candidates = await nodeCandidates(tx, newStreams.length);
  const placed = newStreams.map(() => {
    const chosen = chooseNode(candidates);
    candidates = candidates.map((candidate) => (candidate === chosen ? withOneMore(candidate) : candidate));
    return chosen;
  });
  const rows = newStreams.flatMap(({ keyHash: _, ...stream }, index) => {
    const node = placed[index];
    // `now()` is when the transaction began, before it waited for the lock.
    const now = sql`clock_timestamp()`;
    return node ? [{ ...stream, nodeId: node.id, createdAt: now, assignedAt: now }] : [];
  });
  const keys = newStreams.flatMap(({ id, keyHash }, index) =>
    placed[index] && keyHash !== undefined ? [{ streamId: id, keyHash }] : [],
  );
  if (rows.length > 0) {
    await tx.insert(streams).values(rows);
    if (keys.length > 0) {
      await tx.insert(streamKeys).values(keys);
    }
    for (const eventId of new Set(rows.map((row) => row.eventId))) {
      await notifyRoom(tx, { room: `event:${eventId}`, kind: 'streams' });
    }
  }
  return placed;
}
