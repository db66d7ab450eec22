import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { type Database, openDatabase } from '../../db/client';
import { startEmbeddedPostgres } from '../../db/embedded';
import { migrateDatabase } from '../../db/migrate';

export type TestDatabase = { url: string; db: Database; close(): Promise<void> };

type Server = { url: string; stop(): Promise<void> };

async function givenServer(): Promise<Server> {
  const given = process.env.TEST_DATABASE_URL;
  return given !== undefined && given !== ''
    ? { url: given, stop: async () => undefined }
    : await ownServer({ durable: false });
}

async function ownServer(options: { durable: boolean }): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zyzz-test-'));
  const embedded = await startEmbeddedPostgres({ dataDir, ...options });
  return {
    url: embedded.url,
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
  await admin.unsafe(`create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await migrateDatabase(url.href);
  const database = openDatabase(url.href);
  return {
    url: url.href,
    db: database.db,
    close: async () => {
      await database.close();
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end({ timeout: 1 });
      await server.stop();
    },
  };
}
