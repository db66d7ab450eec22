import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { nodes } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { publicIdOf } from '../http/api/id-reference';
import { testContext } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot } from '../testing/test-node';
import { receiveSnapshot } from './receive-snapshot';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => await database.close());
beforeEach(async () => {
  await database.db.delete(nodes);
});

const report = async (nodeId: string, hostName: string, name = 'test node') =>
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, hostName, name }));
const register = async (hostName: string, name = 'by hand') => {
  const id = newId('node');
  const [row] = await database.db.insert(nodes).values({ id, hostName, name }).returning({ key: nodes.key });
  return { id, key: row?.key };
};
const rows = async () => await database.db.select().from(nodes).orderBy(asc(nodes.key));

test('a node that reports for the first time is the one that was registered by hand under its host name', async () => {
  const made = await register('N2.example.org');
  const nodeId = newId('node');
  await report(nodeId, 'n2.example.org');
  expect(await rows()).toMatchObject([
    { id: nodeId, key: made.key, registeredAs: made.id, publicUrl: 'http://127.0.0.1:9' },
  ]);
  expect(await publicIdOf(database.db, 'node', made.id)).toBe(nodeId);
  await report(nodeId, 'n2.example.org');
  expect(await rows()).toHaveLength(1);
});

test('of several the one of the same name is meant, and each is taken once', async () => {
  const [first, second] = [await register('shared.example', 'one'), await register('shared.example', 'two')];
  const [two, other] = [newId('node'), newId('node')];
  await report(two, 'shared.example', 'two');
  await report(other, 'shared.example', 'three');
  await report(newId('node'), 'shared.example', 'four');
  const all = await rows();
  expect(all).toHaveLength(3);
  expect(all.slice(0, 2)).toMatchObject([
    { id: other, registeredAs: first.id },
    { id: two, registeredAs: second.id },
  ]);
});

test('a node that is known, or of another host, takes no registration', async () => {
  const known = newId('node');
  await report(known, 'n3.example.org');
  const made = await register('n3.example.org');
  await report(known, 'n3.example.org');
  await report(newId('node'), 'n4.example.org');
  expect((await database.db.select().from(nodes).where(eq(nodes.id, made.id)))[0]?.lastSeenAt).toBeNull();
});
