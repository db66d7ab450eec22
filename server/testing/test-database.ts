import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { type Database, openDatabase } from '../../db/client';
import { startEmbeddedPostgres } from '../../db/embedded';
import { migrateDatabase } from '../../db/migrate';

export type TestDatabase = { url: string; db: Database; close(): Promise<void> };

type Server = { url: string; isShared: boolean; stop(): Promise<void> };

/** Any number that no part of the product locks. */
const templateLock = 7_299_901;

async function givenServer(): Promise<Server> {
  const given = process.env.TEST_DATABASE_URL;
  return given !== undefined && given !== ''
    ? { url: given, isShared: true, stop: async () => undefined }
    : await ownServer({ durable: false });
}

async function ownServer(options: { durable: boolean }): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zyzz-test-'));
  const embedded = await startEmbeddedPostgres({ dataDir, ...options });
  return {
    url: embedded.url,
    isShared: false,
    stop: async () => {
      await embedded.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * A migrated database of the test file's own, on the real Postgres of `TEST_DATABASE_URL` or else on one that is started
 * for it.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  return await openOn(await givenServer());
}

/** The same on a Postgres of its own that syncs its commits, as in use: to measure. */
export async function openDurableDatabase(): Promise<TestDatabase> {
  return await openOn(await ownServer({ durable: true }));
}

async function openOn(server: Server): Promise<TestDatabase> {
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = urlOn(server, name);
  if (server.isShared) {
    await admin.unsafe(`create database ${name} template ${await migratedTemplate(server, admin)}`);
  } else {
    await admin.unsafe(`create database ${name}`);
    await migrateDatabase(url);
  }
  const database = openDatabase(url);
  return {
    url,
    db: database.db,
    close: async () => {
      await database.close();
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end({ timeout: 1 });
      await server.stop();
    },
  };
}

/**
 * The name of a database that has all migrations: a copy of it is there in a tenth of the time that they take. It stays on
 * the server, for all that share it.
 */
async function migratedTemplate(server: Server, admin: postgres.Sql): Promise<string> {
  const name = `test_template_${migrationsHash()}`;
  await admin`select pg_advisory_lock(${templateLock})`;
  try {
    const made = await admin`select 1 from pg_database where datname = ${name}`;
    if (made.length === 0) {
      // It gets its name when it is whole, for who makes it may be killed meanwhile.
      const unfinished = `${name}_unfinished`;
      await admin.unsafe(`drop database if exists ${unfinished} with (force)`);
      await admin.unsafe(`create database ${unfinished}`);
      await migrateDatabase(urlOn(server, unfinished));
      await admin.unsafe(`alter database ${unfinished} rename to ${name}`);
    }
  } finally {
    await admin`select pg_advisory_unlock(${templateLock})`;
  }
  return name;
}

function migrationsHash(): string {
  const folder = resolve('db/migrations');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()) {
    hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

function urlOn(server: Server, database: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return url.href;
}
