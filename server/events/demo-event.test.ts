import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedDatabase } from '../../db/seed';
import { callerOf } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => await database.close());

test('the demo event is running in a fresh database, and is made once', async () => {
  const made = await Promise.all([seedDatabase(database.db), seedDatabase(database.db)]);
  expect(made.sort()).toEqual([false, true]);
  const { live } = await callerOf(database).events.list();
  expect(live.map((event) => event.name)).toEqual(['Nepal v Kenya']);
});
