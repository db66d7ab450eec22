import { createEvent } from '../events/create-event';
import { testContext } from './test-context';
import { openTestDatabase, type TestDatabase } from './test-database';
import { makePerson, type TestPerson } from './test-people';

export type TestEvent = { database: TestDatabase; owner: TestPerson; eventId: string };

/** A database of the test file's own in which one person, Sabina, has one event. Close the database when all is done. */
export async function openTestEvent(): Promise<TestEvent> {
  const database = await openTestDatabase();
  const owner = await makePerson(database.db, 'Sabina');
  const { id: eventId } = await createEvent(testContext(database, owner), { name: 'Nepal v Kenya' });
  return { database, owner, eventId };
}
