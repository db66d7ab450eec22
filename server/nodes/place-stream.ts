import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { streams } from '../../db/schema';
import { whileDatabaseAnswers } from '../database-answers';
import type { NodeCandidate } from './choose-node';
import { needOf } from './stream-need';
import { type NewStream, writePlacements } from './write-placements';

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
 * Where the database stands still, whoever asks is told so, and what it writes after all is taken back.
 *
 * @returns the node, or `null` when none can take a stream; then nothing was written
 * @throws AppError `database_away`
 */
export async function placeStream(db: Database, stream: NewStream): Promise<NodeCandidate | null> {
  return await whileDatabaseAnswers(
    db,
    () => placeInTurn(db, stream),
    (node) => (node === null ? Promise.resolve() : db.delete(streams).where(eq(streams.id, stream.id)).execute()),
  );
}

async function placeInTurn(db: Database, stream: NewStream): Promise<NodeCandidate | null> {
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
    for (const group of byNeed(batch)) {
      await placeBatch(db, group);
    }
  }
}

/** Those that need the same have the same places to choose from. */
function byNeed(batch: Waiting[]): Waiting[][] {
  const groups = new Map<string, Waiting[]>();
  for (const one of batch) {
    const need = JSON.stringify(needOf(one.stream));
    groups.set(need, [...(groups.get(need) ?? []), one]);
  }
  return [...groups.values()];
}

async function placeBatch(db: Database, batch: Waiting[]): Promise<void> {
  try {
    const { placed, onDisk } = await writePlacements(
      db,
      batch.map(({ stream }) => stream),
    );
    // The next batch need not wait for the disk.
    for (const [index, { resolve, reject }] of batch.entries()) {
      onDisk.then(() => resolve(placed[index] ?? null), reject);
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
