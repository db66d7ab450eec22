import { sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client';
import { streams } from '../../db/schema';
import { sendTransaction } from '../bus/notify';
import { leastLoaded, type Need, type NodeCandidate, takePlacementLock } from './choose-node';
import { forgetShortList, type ShortList, shortList } from './short-list';
import { needOf } from './stream-need';

type StreamInsert = typeof streams.$inferInsert;

/** What a new stream's row is made of; whatever else it has is as the table has it. */
const given = {
  id: streams.id,
  eventId: streams.eventId,
  ownerId: streams.ownerId,
  name: streams.name,
  description: streams.description,
  kind: streams.kind,
  language: streams.language,
  record: streams.record,
  recordRefused: streams.recordRefused,
  visibility: streams.visibility,
  profile: streams.profile,
  graceSeconds: streams.graceSeconds,
  dvrWindowSeconds: streams.dvrWindowSeconds,
  spec: streams.spec,
  encoderPercent: streams.encoderPercent,
} satisfies { [Key in keyof StreamInsert]?: unknown };

/** What its encoder takes follows from its kind and its spec. */
export type NewStream = Omit<Pick<StreamInsert, keyof typeof given>, 'encoderPercent'> & {
  /** SHA-256 of its first stream key, in lower-case hexadecimal */
  keyHash?: string;
};

const columns = Object.values(given);
const columnNames = sql.raw(columns.map(({ name }) => name).join(', '));
const columnTypes = sql.raw(columns.map((column) => `${column.name} ${column.getSQLType()}`).join(', '));

/**
 * To give each stream in turn the node that is least loaded then (`chooseNode`, `withOneMore`) is to take the least of all the
 * places that the nodes have: the k-th place of a node has the load of k streams more, over its capacity. So one statement
 * chooses for all, which need the same, and writes their rows.
 */
const placing = (rows: string, count: number, need: Need, list: ShortList | null) => sql`
  with wanted as (
    select * from rows from (jsonb_to_recordset(${rows}::jsonb) as (${columnTypes}, key_hash text))
      with ordinality as wanted (${columnNames}, key_hash, turn)
  ), place as (
    select node.*, more,
      row_number() over (order by (node."loadPercent" + more)::float8 / node.capacity, random()) as turn
    from (${leastLoaded(count, need, list?.nodeIds)}) as node,
      generate_series(0, (least(node.places, ${count}::int) - 1) * ${need.demandPercent}::int, ${need.demandPercent}::int) as more
    ${list === null ? sql`` : sql`where (node."loadPercent" + more)::float8 / node.capacity <= ${list.boundRatio}::float8`}
    order by turn limit ${count}
  ), written as (
    insert into stream (${columnNames}, node_id, created_at, assigned_at)
    -- now() is when the transaction began, before it waited for the lock
    select ${sql.raw(columns.map(({ name }) => `wanted.${name}`).join(', '))}, place.id, clock_timestamp(), clock_timestamp()
    from wanted join place using (turn)
  ), keyed as (
    insert into stream_key (stream_id, key_hash)
    select wanted.id, wanted.key_hash from wanted join place using (turn) where wanted.key_hash is not null
  ), reserved as (
    insert into node_reservation (node_id, placed)
    select place.id, count(*) * ${need.demandPercent}::int from wanted join place using (turn) group by place.id
    on conflict (node_id) do update set placed = node_reservation.placed + excluded.placed
  )
  select wanted.turn::int, place.id, place."publicUrl", place."rtmpUrl", place."loadPercent" + more as "loadPercent",
    place.capacity, place."encoderSlots", place."takenPercent" + more as "takenPercent", place."silentSeconds"
  from wanted join place using (turn)`;

const dialect = new PgDialect();

/** A row as it is written: a column that nothing is said of has its default. */
function rowOf(stream: NewStream): Record<string, unknown> {
  const row = { ...stream, encoderPercent: needOf(stream).demandPercent };
  const values = Object.entries(given).map(([key, column]) => [
    column.name,
    row[key as keyof typeof given] ?? column.default ?? null,
  ]);
  return { ...Object.fromEntries(values), key_hash: stream.keyHash ?? null };
}

/**
 * A plan for all values: with one for each, Postgres plans longer than it works. And a commit that is not waited for until it is
 * on disk, for the lock is held until then; {@link sync} waits for it without the lock.
 */
const settings = `select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('synchronous_commit', 'off', true)`;

/** Writes a record and waits until the disk has it, and with it whatever was committed before (WAL is one sequence). */
const sync = sql`select pg_logical_emit_message(true, 'zyzz', '')`;

export type Placements = {
  /** for each stream its node, or `null`: none can take it, and it was not written */
  placed: (NodeCandidate | null)[];
  /** when the rows are on disk, and may be spoken of */
  onDisk: Promise<unknown>;
};

/**
 * Chooses a node for each stream and writes the rows of those that found one, in one transaction under the placement lock. It is
 * held for two round trips, without the disk. Among many nodes the choice is from the short list of them; those streams for which
 * a node beyond it could be better are placed among all, in a second transaction.
 *
 * @param newStreams all of them with the same need (`needOf`)
 */
export async function writePlacements(db: Database, newStreams: NewStream[]): Promise<Placements> {
  const [first] = newStreams;
  if (first === undefined) {
    return { placed: [], onDisk: Promise.resolve() };
  }
  const need = needOf(first);
  const list = need.codecs.length === 0 ? await shortList(db) : null;
  const placed = await write(db, newStreams, need, list);
  const left = [...newStreams.keys()].filter((index) => placed[index] === null);
  if (list !== null && left.length > 0) {
    forgetShortList(db);
    const others = await write(
      db,
      newStreams.filter((_, index) => placed[index] === null),
      need,
      null,
    );
    for (const [turn, index] of left.entries()) {
      placed[index] = others[turn] ?? null;
    }
  }
  return { placed, onDisk: placed.every((node) => node === null) ? Promise.resolve() : db.execute(sync) };
}

/** Those for which it finds a node, in one transaction. @returns for each stream its node, or `null` */
async function write(
  db: Database,
  newStreams: NewStream[],
  need: Need,
  list: ShortList | null,
): Promise<(NodeCandidate | null)[]> {
  const rowsAsText = JSON.stringify(newStreams.map(rowOf));
  const { sql: text, params } = dialect.sqlToQuery(placing(rowsAsText, newStreams.length, need, list));
  const hints = [...new Set(newStreams.map(({ eventId }) => eventId))].map((eventId) => ({
    room: `event:${eventId}`,
    kind: 'streams' as const,
  }));
  const statements = [
    { text: settings },
    { text: takePlacementLock },
    { text, parameters: params as (string | number)[] },
  ];
  const [, , rows = []] = await sendTransaction(db, statements, hints);
  const byTurn = new Map((rows as ({ turn: number } & NodeCandidate)[]).map(({ turn, ...node }) => [turn, node]));
  return newStreams.map((_, index) => byTurn.get(index + 1) ?? null);
}
