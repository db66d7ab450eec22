import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { leadByLock } from './lead-by-lock';
import { silentLogger } from './testing/test-context';
import { openTestDatabase, type TestDatabase } from './testing/test-database';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => await database.close());

test('one process leads; another takes over when it ends, and when it loses its session', async () => {
  const leading = new Set<string>();
  let mostAtOnce = 0;
  const start = (name: string) =>
    leadByLock({
      databaseUrl: database.url,
      logger: silentLogger,
      lockKey: 42,
      lead: async (signal) => {
        leading.add(name);
        mostAtOnce = Math.max(mostAtOnce, leading.size);
        await new Promise<void>((over) => signal.addEventListener('abort', () => over(), { once: true }));
        leading.delete(name);
      },
    });
  const first = start('first');
  await vi.waitFor(() => expect([...leading]).toEqual(['first']), 10_000);
  const second = start('second');
  // The follower has asked at least once when its session stands there.
  const sessions = async () =>
    await database.db.execute(sql`select 1 from pg_stat_activity where application_name = 'zyzz leader'
      and datname = current_database() and query like '%pg_try_advisory_lock%'`);
  await vi.waitFor(async () => expect((await sessions()).length).toBeGreaterThan(0), 10_000);
  expect([...leading]).toEqual(['first']);
  await first.close();
  await vi.waitFor(() => expect([...leading]).toEqual(['second']), 10_000);

  const third = start('third');
  await vi.waitFor(async () => expect((await sessions()).length).toBeGreaterThan(0), 10_000);
  await database.db.execute(sql`select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`);
  await vi.waitFor(() => expect([...leading]).toEqual(['third']), 10_000);
  expect(mostAtOnce).toBe(1);
  await second.close();
  await third.close();
  expect([...leading]).toEqual([]);
});
