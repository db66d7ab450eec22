import { openDatabase } from '../../db/client';
import { migrateDatabase } from '../../db/migrate';
import { seedDatabase } from '../../db/seed';

/** Brings the schema up to date and, in an empty database, writes the demo event. Safe to run at every start. */
export async function prepareDatabase(databaseUrl: string, migrationsDir: string): Promise<void> {
  await migrateDatabase(databaseUrl, { migrationsDir });
  const { db, close } = openDatabase(databaseUrl, { connectionsMax: 1 });
  try {
    await seedDatabase(db);
  } finally {
    await close();
  }
}
