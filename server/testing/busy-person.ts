import { accounts, apiTokens, idempotencyKeys, subscriptions } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { callerOf, testContext } from './test-context';
import type { TestDatabase } from './test-database';
import { nodeSnapshot, observedStream, observedTake } from './test-node';
import { makePerson, type TestPerson } from './test-people';

export type BusyPerson = { person: TestPerson; facebookId: string; streamId: string; ownEventId: string };

let nextAccount = 101_500;

/** A person who has used everything: on air with a recording, writing, joining, with tokens and an event of their own. */
export async function busyPerson(database: TestDatabase, nodeId: string, name: string): Promise<BusyPerson> {
  const { db } = database;
  const facebookId = String(nextAccount++);
  const person = await makePerson(db, name, { email: `${newId('user')}@example.test` });
  const account = { type: 'oauth', provider: 'facebook', providerAccountId: facebookId };
  await db.insert(accounts).values({ userId: person.id, ...account });
  await db.insert(apiTokens).values({ id: newId('apiToken'), userId: person.id, name: 'x', tokenHash: newId('user') });
  await db.insert(idempotencyKeys).values({ actor: person.id, keyHash: newId('user'), requestHash: 'x' });
  const caller = callerOf(database, person);
  const { id: ownEventId } = await caller.events.create({ name: `Of ${name} alone` });
  const { stream } = await caller.streams.create({
    eventId: ownEventId,
    name,
    kind: 'audio',
    language: 'en',
    record: true,
  });
  await receiveSnapshot(
    testContext(database),
    nodeSnapshot({ nodeId, streams: [observedStream(stream.id)], takes: [observedTake(stream.id)] }),
  );
  await db.insert(subscriptions).values({ userId: person.id, streamId: stream.id });
  return { person, facebookId, streamId: stream.id, ownEventId };
}
