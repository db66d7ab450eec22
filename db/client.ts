import { randomBytes } from 'node:crypto';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema';

export type Database = PostgresJsDatabase<typeof schema>;

/** A database or a transaction of it: what an operation that may run inside another's transaction asks for. */
export type Queryable = PgDatabase<PostgresJsQueryResultHKT, typeof schema>;

export type OpenDatabase = {
  db: Database;
  /** upper bound of the pool */
  connectionsMax: number;
  /** what the connections of this pool are called in `pg_stat_activity` */
  applicationName: string;
  close(): Promise<void>;
};

/**
 * Opens a pool of connections; none is made before the first query.
 *
 * @param options.connectionsMax upper bound of the pool, default 10
 */
export function openDatabase(url: string, options: { connectionsMax?: number } = {}): OpenDatabase {
  const { connectionsMax = 10 } = options;
  const applicationName = `zyzz ${randomBytes(6).toString('hex')}`;
  const client = postgres(url, {
    max: connectionsMax,
    onnotice: () => undefined,
    connection: { application_name: applicationName },
  });
  return {
    db: drizzle(client, { schema }),
    connectionsMax,
    applicationName,
    close: async () => {
      await client.end({ timeout: 2 });
    },
  };
}

const shared = globalThis as { zyzzDatabase?: OpenDatabase & { url: string } };

/**
 * The process's one pool. The custom server and the pages are bundled apart and hold this module twice, so the pool hangs
 * on `globalThis`.
 */
export function sharedDatabase(url: string): OpenDatabase {
  if (shared.zyzzDatabase?.url !== url) {
    shared.zyzzDatabase = { ...openDatabase(url), url };
  }
  return shared.zyzzDatabase;
}
