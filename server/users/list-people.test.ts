import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../stream-node/contract/ids';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { busyPerson } from '../testing/busy-person';
import { callerOf, testContext } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot, observedStream } from '../testing/test-node';
import { makePerson } from '../testing/test-people';

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => await database.close());

test('operators find people by part of their name, and see of each what is theirs', async () => {
  const nodeId = newId('node');
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId }));
  const operator = await makePerson(database.db, 'Operator', { role: 'operator' });
  const { admin } = callerOf(database, operator);
  const { streamId } = await busyPerson(database, nodeId, 'Asha Tamang');
  const streams = [observedStream(streamId, { startedAtMs: Date.now() })];
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, streams }));
  await makePerson(database.db, 'Asha who only listens');
  expect(await admin.people({ name: 'aSHA' })).toMatchObject([
    { name: 'Asha who only listens', role: 'member', published: 0, isSignedIn: true, provider: null },
    { name: 'Asha Tamang', role: 'member', published: 1, isSignedIn: true, provider: 'facebook' },
  ]);
  expect(await admin.people({ name: '%' })).toEqual([]);
});
