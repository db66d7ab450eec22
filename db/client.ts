import { randomBytes } from 'node:crypto';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema';

export type Database = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql };

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

const preparing = new WeakMap<Database, Database>();

/**
 * The same pool, with statements that Postgres keeps planned on each connection. For queries that are asked often and whose
 * text is always the same: every other text would be kept too. Without it each query is planned anew, which takes longer
 * than to carry a small one out.
 */
export function withPreparedStatements(db: Database): Database {
  let prepared = preparing.get(db);
  if (prepared === undefined) {
    const client = new Proxy(db.$client, {
      get: (target, name) =>
        name === 'unsafe'
          ? (...[query, parameters, options]: Parameters<postgres.Sql['unsafe']>) =>
              target.unsafe(query, parameters, { ...options, prepare: true })
          : Reflect.get(target, name),
    });
    prepared = drizzle(client, { schema });
    preparing.set(db, prepared);
  }
  return prepared;
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
