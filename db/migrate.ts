import { resolve } from 'node:path';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/** Any number that no other part of the product locks. */
const migrationLock = 7_299_001;

/**
 * Brings the schema up to date; a no-op when it is. Starters that race wait for each other: two at once would create the
 * same table.
 *
 * @param options.migrationsDir default `db/migrations` below the working directory, which holds for sources and bundle
 */
export async function migrateDatabase(databaseUrl: string, options: { migrationsDir?: string } = {}): Promise<void> {
  // The lock belongs to a connection, so there must be exactly one.
  const client = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    const db = drizzle(client);
    await db.execute(sql`select pg_advisory_lock(${migrationLock})`);
    await migrate(db, { migrationsFolder: options.migrationsDir ?? resolve('db/migrations') });
  } finally {
    await client.end({ timeout: 2 });
  }
}
