import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../db/client';
import * as schema from '../../db/schema';
import { pageLiveJobs } from '../live-jobs/load-live-jobs';
import { countReservations } from '../nodes/node-reservations';
import { testContext } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { getProfile } from '../users/get-profile';
import { getStreamView } from './get-stream';
import { listMyStreams, listStreamsForEvent } from './list-streams';
import { listStreamsOnAir } from './list-streams-on-air';
import { getStreamFacts } from './load-stream-facts';
import { currentStreamOfUser, pageStreams, pageStreamsOfEvent, pageStreamsOfUser } from './page-streams';

const streamCount = 100_000;
const newest = { limit: 100, beforeKey: null };
const middle = { limit: 100, beforeKey: streamCount / 2 };

let database: TestDatabase;

/** 1,000 people with 100 streams each, at 500 events; the newest of every tenth person is on air. One of them has joined all. */
beforeAll(async () => {
  database = await openTestDatabase();
  const { db } = database;
  await db.execute(
    sql`insert into "user" (id, name) select 'usr_' || lpad(n::text, 9, '0'), 'x' from generate_series(1, 1000) n`,
  );
  await db.execute(sql`
    insert into event (id, owner_id, name) select 'evt_' || lpad(n::text, 9, '0'), 'usr_000000001', 'x' from generate_series(1, 500) n
  `);
  await db.execute(sql`
    insert into stream (id, event_id, owner_id, name, kind, state, started_at, ended_at)
    select 'str_' || lpad(n::text, 9, '0'), 'evt_' || lpad((n % 500 + 1)::text, 9, '0'),
      'usr_' || lpad((n % 1000 + 1)::text, 9, '0'), 'x', 'audio',
      case when n > 99000 and n % 10 = 0 then 'live' else 'ended' end, now(), now()
    from generate_series(1, ${streamCount}::int) n
  `);
  await db.execute(sql`
    insert into subscription (user_id, stream_id)
    select 'usr_000000002', 'str_' || lpad(n::text, 9, '0') from generate_series(1, 1000) n
    union all
    select 'usr_' || lpad((n % 1000 + 1)::text, 9, '0'), 'str_' || lpad(n::text, 9, '0') from generate_series(2001, 22000) n
  `);
  await db.execute(sql`insert into node (id, name) values ('nod_000000001', 'x')`);
  await db.execute(sql`
    insert into take (id, stream_id, node_id, epoch, started_at)
    select 'tak_' || n, 'str_' || lpad(n::text, 9, '0'), 'nod_000000001', 1, now() from generate_series(1, 10000) n
  `);
  await db.execute(sql`
    insert into presence (web_process_id, stream_id, viewers)
    select 'web', 'str_' || lpad(n::text, 9, '0'), 1 from generate_series(1, 10000) n
  `);
  await db.execute(sql`analyze`);
});
afterAll(async () => await database.close());

/** The plans of all statements that `operation` sends, as Postgres would carry them out with their values. */
async function plansOf(operation: (db: Database) => Promise<unknown>): Promise<string> {
  const statements = new Map<string, unknown[]>();
  let isRecording = true;
  const client = postgres(database.url, {
    max: 1,
    fetch_types: false,
    debug: (_connection, query, params) => isRecording && statements.set(query, params),
  });
  try {
    await operation(drizzle(client, { schema }));
    isRecording = false;
    const plans: string[] = [];
    for (const [query, params] of statements) {
      const rows = await client.unsafe(`explain ${query}`, params as never[]);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    }
    return plans.join('\n\n');
  } finally {
    await client.end();
  }
}

const contextOf = (db: Database) => testContext({ db, url: database.url });
const userId = 'usr_000000001';
const member = { id: userId, name: 'x', image: null, language: 'en', role: 'member', via: 'session' } as const;
const asMember = (db: Database) => ({ ...contextOf(db), actor: member });
const asOperator = (db: Database) => ({ ...contextOf(db), actor: { ...member, role: 'operator' as const } });
const eventId = 'evt_000000001';

describe('among 100,000 streams none is looked for by reading them all', () => {
  const cases: [what: string, operation: (db: Database) => Promise<unknown>][] = [
    ['published and subscribed of a user', (db) => getProfile(contextOf(db), { userId })],
    ['the current stream of a user', (db) => currentStreamOfUser(contextOf(db), { userId })],
    ['all streams of a user', (db) => pageStreamsOfUser(contextOf(db), { userId }, newest)],
    ['a later page of them', (db) => pageStreamsOfUser(contextOf(db), { userId }, middle)],
    [
      'the active streams of an event',
      (db) => pageStreamsOfEvent(contextOf(db), { eventId, includeEnded: false }, newest),
    ],
    ['all streams of an event', (db) => pageStreamsOfEvent(contextOf(db), { eventId, includeEnded: true }, newest)],
    ['what an event page shows', (db) => listStreamsForEvent(contextOf(db), { eventId })],
    ['all streams', (db) => pageStreams(contextOf(db), newest)],
    ['one stream as pages show it', (db) => getStreamView(contextOf(db), 'str_000000007')],
    ['one stream as programs are told', (db) => getStreamFacts(contextOf(db), { streamId: 'str_000000007' })],
    ['one’s own streams', (db) => listMyStreams(asMember(db))],
    ['what is on air', (db) => listStreamsOnAir(asOperator(db))],
    ['one’s own live jobs', (db) => pageLiveJobs(asMember(db), { isActiveOnly: false }, newest)],
    ['all live jobs that are active', (db) => pageLiveJobs(asOperator(db), { isActiveOnly: true }, newest)],
    ['the places held at a node', (db) => countReservations(db, 'nod_000000001')],
  ];

  test.each(cases)('%s', async (_what, operation) => {
    const plans = await plansOf(operation);
    expect(plans).toMatch(/on (stream|subscription)\b/);
    expect(plans).not.toMatch(/Seq Scan on (stream|subscription|take|presence)\b/);
  });
});

test('what is found is right', async () => {
  const context = contextOf(database.db);
  expect(await getProfile(context, { userId })).toMatchObject({ published: 100, subscribed: 20 });
  expect((await currentStreamOfUser(context, { userId }))?.view.id).toBe('str_000100000');
  expect(await currentStreamOfUser(context, { userId: 'usr_000000002' })).toBeNull();
  expect(await pageStreamsOfUser(context, { userId }, newest)).toHaveLength(100);
  expect(await pageStreamsOfEvent(context, { eventId, includeEnded: false }, newest)).toHaveLength(2);
});
