import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { silentLogger } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import type { Bus, RoomHint } from './bus';
import { notifyRoom } from './notify';
import { openPostgresBus } from './postgres-bus';

let database: TestDatabase;
let bus: Bus;

beforeAll(async () => {
  database = await openTestDatabase();
  bus = await openPostgresBus(database.url, silentLogger);
});
afterAll(async () => {
  await bus.close();
  await database.close();
});

const hint: RoomHint = { room: 'event:evt_abcdefghijkm', kind: 'chat' };

/** The first hint that `predicate` likes. */
function nextHint(predicate: (hint: RoomHint) => boolean): Promise<RoomHint> {
  return new Promise((resolve) => {
    const stop = bus.onHint((heard) => {
      if (predicate(heard)) {
        stop();
        resolve(heard);
      }
    });
  });
}

test('a hint reaches every listener', async () => {
  const heard = nextHint(() => true);
  await notifyRoom(database.db, hint);
  expect(await heard).toEqual(hint);
});

test('a hint of a transaction that failed is never heard', async () => {
  const seen: string[] = [];
  const stop = bus.onHint(({ room }) => seen.push(room));
  const failed = database.db.transaction(async (tx) => {
    await notifyRoom(tx, { ...hint, room: 'event:undone' });
    throw new Error('undo');
  });
  await expect(failed).rejects.toThrow('undo');
  const marker = nextHint(({ room }) => room === 'event:marker');
  await notifyRoom(database.db, { ...hint, room: 'event:marker' });
  await marker;
  stop();
  expect(seen).not.toContain('event:undone');
});

test('garbage on the channel is passed over', async () => {
  const heard = nextHint(() => true);
  await database.db.execute(sql`select pg_notify('zyzz_rooms', 'garbage')`);
  await notifyRoom(database.db, hint);
  expect(await heard).toEqual(hint);
});

test('the bus comes back after its connection was cut, and says so', async () => {
  const reconnected = new Promise<void>((resolve) => {
    const stop = bus.onReconnect(() => {
      stop();
      resolve();
    });
  });
  await database.db.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'
  `);
  await reconnected;
  const heard = vi.fn();
  const stop = bus.onHint(heard);
  await notifyRoom(database.db, hint);
  await vi.waitFor(() => expect(heard).toHaveBeenCalledWith(hint));
  stop();
});
