import { sql } from 'drizzle-orm';
import type { Database, Queryable } from '../../db/client';
import type { RoomHint } from './bus';

export const roomChannel = 'zyzz_rooms';

/** Where the hints of a database or a transaction go instead of Postgres. Of the object: this module exists more than once. */
const sinkKey = Symbol.for('zyzz.hintSink');

type HintSink = (hint: RoomHint) => void;
type WithSink = { [sinkKey]?: HintSink };

/** Tells every web process that a room has news. Inside a transaction it goes out with the commit, or not at all. */
export async function notifyRoom(db: Queryable, hint: RoomHint): Promise<void> {
  const sink = (db as WithSink)[sinkKey];
  if (sink !== undefined) {
    sink(hint);
    return;
  }
  await db.execute(sql`select pg_notify(${roomChannel}, ${JSON.stringify(hint)})`);
}

/**
 * Sends the statements of one transaction together, without waiting for each answer, and tells the hints with its commit. For
 * what holds a lock that others wait for; the rest is better off with `db.transaction` and {@link notifyRoom}.
 *
 * @returns the rows of each statement
 */
export async function sendTransaction(
  db: Database,
  statements: { text: string; parameters?: (string | number)[] }[],
  hints: RoomHint[],
): Promise<Record<string, unknown>[][]> {
  const sink = (db as WithSink)[sinkKey];
  const told = hints.map((hint) => ({
    text: 'select pg_notify($1, $2)',
    parameters: [roomChannel, JSON.stringify(hint)],
  }));
  const results = await db.$client.begin((tx) =>
    [...statements, ...(sink === undefined ? told : [])].map(({ text, parameters = [] }) =>
      tx.unsafe(text, parameters, { prepare: true }),
    ),
  );
  for (const hint of hints) {
    sink?.(hint);
  }
  return results.map((rows) => [...rows]);
}

/** From now on the hints of this database go to `publish`: at once, and those of a transaction after its commit. */
export function sendHintsBy(db: Database, publish: HintSink): void {
  const transaction = db.transaction.bind(db);
  (db as WithSink)[sinkKey] = publish;
  db.transaction = async (work, config) => {
    const hints: RoomHint[] = [];
    const result = await transaction(async (tx) => {
      // A transaction within is part of this one: what its hints speak of is visible no earlier.
      collectHints(tx, hints);
      return await work(tx);
    }, config);
    for (const hint of hints) {
      publish(hint);
    }
    return result;
  };
}

function collectHints(tx: Queryable, hints: RoomHint[]): void {
  const transaction = tx.transaction.bind(tx);
  (tx as WithSink)[sinkKey] = (hint) => hints.push(hint);
  tx.transaction = async (work, config) =>
    await transaction(async (inner) => {
      collectHints(inner, hints);
      return await work(inner);
    }, config);
}
