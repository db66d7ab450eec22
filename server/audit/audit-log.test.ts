import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../stream-node/contract/ids';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { busyPerson } from '../testing/busy-person';
import { callerOf, testContext } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot, observedStream } from '../testing/test-node';
import { makePerson, type TestPerson } from '../testing/test-people';

let database: TestDatabase;
let operator: TestPerson;
const nodeId = newId('node');

beforeAll(async () => {
  database = await openTestDatabase();
  operator = await makePerson(database.db, 'Operator', { role: 'operator' });
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId }));
});
afterAll(async () => await database.close());

test('the audit log is added to and never changed, by whichever way', async () => {
  const { db } = database;
  await callerOf(database, operator).admin.setRole({ userId: (await makePerson(db, 'Raised')).id, role: 'operator' });
  for (const change of [
    sql`update audit_entry set via = 'nobody'`,
    sql`delete from audit_entry`,
    sql`truncate audit_entry`,
    sql`delete from audit_entry where id = -1`,
  ]) {
    await expect(db.execute(change)).rejects.toMatchObject({ cause: { code: '23001' } });
  }
  expect((await callerOf(database, operator).admin.auditLog({}))[0]).toMatchObject({
    action: 'user.role',
    subjectName: 'Raised',
    detail: { from: 'member', to: 'operator' },
  });
});

test('an act that fails leaves no entry', async () => {
  const { db } = database;
  const count = async () => Number((await db.execute<{ n: string }>(sql`select count(*) as n from audit_entry`))[0]?.n);
  const before = await count();
  await expect(
    callerOf(database, operator).admin.killStream({ streamId: newId('stream'), reason: 'No such' }),
  ).rejects.toThrow();
  await expect(
    callerOf(database, operator).admin.setRole({ userId: operator.id, role: 'member' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await count()).toBe(before);
});

test('a killed stream ends with the reason, its key is worth nothing, and its owner keeps the recording', async () => {
  const { person, streamId } = await busyPerson(database, nodeId, 'Killed');
  await callerOf(database, operator).admin.killStream({ streamId, reason: 'Somebody else’s match' });
  const { stream } = await callerOf(database, person).streams.get({ streamId });
  expect(stream).toMatchObject({ state: 'ended', reason: 'Ended by an operator: Somebody else’s match' });
  const told = await receiveSnapshot(
    testContext(database),
    nodeSnapshot({ nodeId, streams: [observedStream(streamId)] }),
  );
  expect(told.streams.find((one) => one.streamId === streamId)).toMatchObject({ action: 'end', streamKeyHash: null });
  expect(stream.hasRecording).toBe(true);
});

test('an operator sees what is on air, and drains nodes for all to see in the log', async () => {
  const { streamId } = await busyPerson(database, nodeId, 'On air');
  const admin = callerOf(database, operator).admin;
  expect((await admin.streamsOnAir()).find(({ id }) => id === streamId)).toMatchObject({
    owner: { name: 'On air' },
    state: 'live',
  });
  await admin.drainNode({ nodeId });
  expect((await admin.nodes()).map(({ id, state }) => [id, state])).toEqual([[nodeId, 'draining']]);
  await admin.drainNode({ nodeId, isWanted: false });
  const latest = (await admin.auditLog({})).slice(0, 2);
  expect(latest).toMatchObject([
    { action: 'node.undrain', subjectId: nodeId, subjectName: 'test node' },
    { action: 'node.drain', subjectId: nodeId, subjectName: 'test node' },
  ]);
});
