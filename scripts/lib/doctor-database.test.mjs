import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../server/testing/test-database';
import { checkDatabase } from './doctor-services.mjs';

let database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => await database.close());

test('a database is up to date, behind, of a newer zyzz, or not ours to use', async () => {
  expect(await checkDatabase(database.url)).toMatch(/, Postgres \d+, up to date$/);
  await database.db.execute(
    'delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)',
  );
  expect(await checkDatabase(database.url)).toMatch(/, 1 migration to apply \(npm start does\)$/);
  await database.db.execute("insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)");
  await expect(checkDatabase(database.url)).rejects.toThrow(/^the database is of a newer zyzz/);
  const other = new URL(database.url);
  other.pathname = '/no_such_database';
  await expect(checkDatabase(other.href)).rejects.toThrow(/refuses us \(database "no_such_database" does not exist\)/);
});
