import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../db/client';
import { streams } from '../../db/schema';
import { createEvent } from '../../server/events/create-event';
import { receiveSnapshot } from '../../server/nodes/receive-snapshot';
import { callerOf, testContext } from '../../server/testing/test-context';
import { openTestDatabase, type TestDatabase } from '../../server/testing/test-database';
import { nodeSnapshot, staysAlive } from '../../server/testing/test-node';
import { makePerson, type TestPerson } from '../../server/testing/test-people';
import { startTestWeb, type TestWeb } from '../../server/testing/test-web';
import { Balancer } from './balancer';

const words = 'zyzz cannot reach its records just now. What is on air goes on; try again in a minute.';

let direct: TestDatabase;
let line: Balancer;
let database: TestDatabase;
let web: TestWeb;
let owner: TestPerson;
let eventId: string;

beforeAll(async () => {
  direct = await openTestDatabase();
  line = await Balancer.start([direct.url]);
  const url = new URL(direct.url);
  url.host = `127.0.0.1:${line.port}`;
  const opened = openDatabase(url.href);
  database = { url: url.href, db: opened.db, close: opened.close };
  web = await startTestWeb(database);
  owner = await makePerson(direct.db, 'Sabina');
  eventId = (await createEvent(testContext(direct, owner), { name: 'Nepal v Kenya' })).id;
  const snapshot = nodeSnapshot();
  await receiveSnapshot(testContext(direct), snapshot);
  await staysAlive(direct.db, snapshot.nodeId);
});
afterAll(async () => {
  await web?.close();
  await database?.close();
  await line?.[Symbol.asyncDispose]();
  await direct?.close();
});

const make = async () =>
  await callerOf(database, owner).streams.create({ eventId, name: 'x', kind: 'audio', language: 'en', record: true });
const isMade = async () =>
  await make().then(
    () => true,
    () => false,
  );
const count = async () => await direct.db.$count(streams);
const readEvent = async () => await fetch(`${web.url}/api/event/${eventId}/`);

test('while Postgres stands still a new stream is refused in words, nothing of it is left, and all goes on by itself', {
  timeout: 120_000,
}, async () => {
  await make();
  line.freeze();
  const answers = ['/readyz', '/stream/str_aaaaaaaaaaaa/index.m3u8'].map((path) => fetch(`${web.url}${path}`));
  const [refused, read, ...others] = await Promise.all([
    make().catch((error: unknown) => error),
    readEvent(),
    ...answers,
  ]);
  expect(refused).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: words });
  expect([read.status, await read.json()]).toEqual([503, { error: words, data: null }]);
  expect(others.map(({ status }) => status)).toEqual([503, 503]);
  // By now it is known: nobody waits again.
  await expect(make()).rejects.toMatchObject({ message: words });

  line.comeBack();
  await expect.poll(readEvent, { timeout: 60_000 }).toMatchObject({ status: 200 });
  await expect.poll(isMade, { timeout: 60_000 }).toBe(true);
  await expect.poll(count, { timeout: 60_000 }).toBe(2);
});

test('while Postgres is gone it is refused in the same words', { timeout: 60_000 }, async () => {
  line.goAway();
  await expect(make()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: words });
  expect((await readEvent()).status).toBe(503);
  line.comeBack();
  await expect.poll(isMade, { timeout: 60_000 }).toBe(true);
});
