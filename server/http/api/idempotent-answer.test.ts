import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { events, idempotencyKeys } from '../../../db/schema';
import { callerOf, testEnv } from '../../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database';
import { makePerson, type TestPerson } from '../../testing/test-people';
import { startTestWeb, type TestWeb } from '../../testing/test-web';
import { answerOnce, forgetOldIdempotencyKeys } from './idempotent-answer';

let database: TestDatabase;
let webs: TestWeb[];
let person: TestPerson;
let token: string;

beforeAll(async () => {
  database = await openTestDatabase();
  webs = [await startTestWeb(database), await startTestWeb(database)];
  person = await makePerson(database.db, 'Sabina');
  token = (await callerOf(database, person).tokens.create({ userId: person.id, name: 'x' })).token;
});
afterAll(async () => {
  await Promise.all(webs.map((web) => web.close()));
  await database.close();
});

async function post(path: string, key: string, body: unknown, options: { web?: number; bearer?: string } = {}) {
  const response = await fetch(`${webs[options.web ?? 0]?.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${options.bearer ?? token}`,
      'idempotency-key': key,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.text() };
}

const requestOf = (path: string) => ({ method: 'POST', url: new URL(path, 'http://web.test'), body: Buffer.alloc(0) });

const eventsNamed = async (name: string) =>
  (await database.db.select({ id: events.id }).from(events).where(eq(events.name, name))).length;

test('one key makes one thing, however many calls there are at once and whichever process they reach', async () => {
  const calls = Array.from({ length: 8 }, (_, n) => post('/api/event/', 'k1', { name: 'Once' }, { web: n % 2 }));
  const answers = await Promise.all(calls);
  expect(answers[0]?.status).toBe(201);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await eventsNamed('Once')).toBe(1);
});

test('the same key for another request is refused, and is another one’s own key for another person', async () => {
  await post('/api/event/', 'k2', { name: 'First' });
  expect(await post('/api/event', 'k2', { name: 'First' })).toMatchObject({ status: 201 });
  const words = '{"error":"Idempotency-Key: was used for another request","data":null}';
  expect(await post('/api/event/', 'k2', { name: 'Second' })).toEqual({ status: 409, body: words });
  expect(await post(`/api/user/${person.id}/tokens/`, 'k2', { name: 'First' })).toEqual({ status: 409, body: words });
  const other = await makePerson(database.db, 'Bikash');
  const { token: bearer } = await callerOf(database, other).tokens.create({ userId: other.id, name: 'x' });
  expect(await post('/api/event/', 'k2', { name: 'Second' }, { bearer })).toMatchObject({ status: 201 });
  expect([await eventsNamed('First'), await eventsNamed('Second')]).toEqual([1, 1]);
});

test('a refused call may be tried again with its key', async () => {
  expect(await post('/api/event/', 'k3', { name: '' })).toMatchObject({ status: 400 });
  expect(await post('/api/event/', 'k3', { name: 'Now' })).toMatchObject({ status: 201 });
});

test('a key out of date is free again', async () => {
  const age = (interval: string) =>
    database.db.update(idempotencyKeys).set({ createdAt: sql`now() - ${interval}::interval` });
  await post('/api/event/', 'k4', { name: 'Day' });
  await age('23 hours');
  await post('/api/event/', 'k4', { name: 'Day' });
  await forgetOldIdempotencyKeys(database.db);
  expect(await eventsNamed('Day')).toBe(1);
  await age('25 hours');
  expect(await post('/api/event/', 'k4', { name: 'Another day' })).toMatchObject({ status: 201 });
  await age('25 hours');
  await forgetOldIdempotencyKeys(database.db);
  expect(await database.db.$count(idempotencyKeys)).toBe(0);
});

test('a call that broke off is not carried out again: nobody knows what it did', async () => {
  const call = { actor: person.id, key: 'k5', request: requestOf('/api/event/') };
  const deps = { db: database.db, env: testEnv(database.url) };
  const crash = answerOnce(deps, call, () => Promise.reject(new Error('the connection to the database broke')));
  await expect(crash).rejects.toThrow('broke');
  const answered = vi.fn();
  await expect(answerOnce(deps, call, answered)).rejects.toMatchObject({ code: 'conflict' });
  // And one whose process died: its row says nothing, and is older than any call that is waited for.
  await database.db.update(idempotencyKeys).set({ status: null, createdAt: sql`now() - interval '61 seconds'` });
  await expect(answerOnce(deps, call, answered)).rejects.toThrow('broke off');
  expect(answered).not.toHaveBeenCalled();
});

test('what is kept of an answer tells no secret to whoever reads the database', async () => {
  const path = `/api/user/${person.id}/tokens/`;
  const first = await post(path, 'a-secret-key', { name: 'x' });
  const made = JSON.parse(first.body).data.token;
  expect(made).toMatch(/^zyzz_/);
  const rows = JSON.stringify(await database.db.select().from(idempotencyKeys));
  expect(rows).not.toContain(made);
  expect(rows).not.toContain(Buffer.from(made).toString('base64').slice(0, 20));
  expect(rows).not.toContain('a-secret-key');
  expect(await post(path, 'a-secret-key', { name: 'x' })).toEqual(first);
});

test.each(['', 'a'.repeat(256), 'ä'])('the key %j is refused', async (key) => {
  expect(await post('/api/event/', key, { name: 'Never' })).toMatchObject({ status: 400 });
  expect(await eventsNamed('Never')).toBe(0);
});
