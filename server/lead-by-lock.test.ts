import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { leadByLock } from './lead-by-lock';
import { silentLogger } from './testing/test-context';
import { openTestDatabase, type TestDatabase } from './testing/test-database';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

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

  expect(mostAtOnce).toBe(1);

  const third = start('third');
  await vi.waitFor(async () => expect((await sessions()).length).toBeGreaterThan(0), 10_000);
  await database.db.execute(sql`select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`);
  await vi.waitFor(() => expect([...leading]).toEqual(['third']), 10_000);
  await second.close();
  await third.close();
  expect([...leading]).toEqual([]);
});

const program = resolve(import.meta.dirname, 'testing', 'lead-process.ts');

/** A process that would lead, and what it said. */
function startProcess(): { child: ChildProcess; said: () => string[]; end(): Promise<void> } {
  const child = spawn(process.execPath, ['--import', 'tsx', program, database.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  return {
    child,
    said: () => output.split('\n').slice(0, -1),
    end: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
    },
  };
}

test('a process takes over from one that is frozen, which gives up when it thaws, and from one that is killed', async () => {
  const first = startProcess();
  const second = startProcess();
  try {
    const leads = ({ said }: typeof first) => said().at(-1) === 'leads';
    const patience = { timeout: 40_000, interval: 20 };
    await vi.waitFor(() => expect([first, second].filter(leads)).toHaveLength(1), patience);
    const [leader, follower] = leads(first) ? [first, second] : [second, first];
    leader.child.kill('SIGSTOP');
    await vi.waitFor(() => expect(follower.said()).toEqual(['leads']), patience);
    leader.child.kill('SIGCONT');
    await vi.waitFor(() => expect(leader.said()).toEqual(['leads', 'over']), patience);
    await follower.end();
    await vi.waitFor(() => expect(leader.said()).toEqual(['leads', 'over', 'leads']), patience);
  } finally {
    await first.end();
    await second.end();
  }
});
