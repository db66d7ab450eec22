import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTokens } from '../../db/schema';
import { isAppError } from '../errors';
import { callerOf, testEnv } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson, type TestPerson } from '../testing/test-people';
import { requestActor } from './request-actor';

const operatorToken = 'the-operator-token-of-a-test';

let database: TestDatabase;
let person: TestPerson;

beforeAll(async () => {
  database = await openTestDatabase();
  person = await makePerson(database.db, 'Sabina');
});
afterAll(async () => await database.close());

function actorOf(headers: { authorization?: string; cookie?: string }, settings: Record<string, string> = {}) {
  const env = testEnv(database.url, { ZYZZ_OPERATOR_TOKEN: operatorToken, ...settings });
  return requestActor({ db: database.db, env }, headers);
}

async function refusalOf(headers: { authorization?: string; cookie?: string }): Promise<string> {
  try {
    await actorOf(headers);
    return 'no refusal';
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
}

const newToken = () => callerOf(database, person).tokens.create({ userId: person.id, name: 'a program' });

test('nothing is nobody, a cookie is its person, and so is a personal token', async () => {
  const { token } = await newToken();
  expect(await actorOf({})).toBeNull();
  expect(await actorOf({ cookie: person.cookie })).toMatchObject({ id: person.id, role: 'member', via: 'session' });
  expect(await actorOf({ authorization: `Bearer ${token}` })).toMatchObject({ id: person.id, via: 'token' });
  expect(await actorOf({ authorization: `bearer  ${token}` })).toMatchObject({ id: person.id, via: 'token' });
});

test('the operator token is an operator who is nobody, and without one there is none', async () => {
  const headers = { authorization: `Bearer ${operatorToken}` };
  expect(await actorOf(headers)).toEqual({ id: null, role: 'operator', via: 'operator-token' });
  await expect(actorOf(headers, { ZYZZ_OPERATOR_TOKEN: '' })).rejects.toThrow('not known');
});

test('an email of ZYZZ_OPERATOR_EMAILS makes an operator, also of someone who signed up before', async () => {
  const named = await makePerson(database.db, 'Ops', { email: 'Ops@example.org' });
  const { token } = await callerOf(database, named).tokens.create({ userId: named.id, name: 'x' });
  const settings = { ZYZZ_OPERATOR_EMAILS: 'ops@EXAMPLE.org' };
  expect(await actorOf({ authorization: `Bearer ${token}` })).toMatchObject({ role: 'member' });
  expect(await actorOf({ authorization: `Bearer ${token}` }, settings)).toMatchObject({ role: 'operator' });
  expect(await actorOf({ cookie: named.cookie }, settings)).toMatchObject({ role: 'operator' });
});

test('a wrong token is refused, even beside a good cookie', async () => {
  const { token, id } = await newToken();
  const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  expect(await refusalOf({ authorization: `Bearer ${wrong}`, cookie: person.cookie })).toBe('unauthorized');
  await callerOf(database, person).tokens.revoke({ userId: person.id, tokenId: id });
  expect(await refusalOf({ authorization: `Bearer ${token}` })).toBe('unauthorized');
});

test('whatever an Authorization header says, the answer is 401 and never a fault of ours', async () => {
  const header = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }).map((text) => `Bearer ${text}`),
    fc.constantFrom('', 'Bearer', 'Bearer ', 'Bearer\t', 'Basic YTpi', 'Bearer a b', `Bearer zyzz_${'x'.repeat(43)}`),
    fc.integer({ min: 0, max: 20_000 }).map((length) => `Bearer zyzz_${'a'.repeat(length)}`),
  );
  await fc.assert(
    fc.asyncProperty(header, async (authorization) => {
      expect(await refusalOf({ authorization })).toBe('unauthorized');
    }),
    { numRuns: 300 },
  );
});

test('a token is kept as its hash alone, is told once, and its use is noted at most once a minute', async () => {
  const { token, id } = await newToken();
  expect(token).toMatch(/^zyzz_[\w-]{43}$/);
  const row = async () => (await database.db.select().from(apiTokens).where(eq(apiTokens.id, id)))[0];
  expect(JSON.stringify(await row())).not.toContain(token);
  expect(await row()).toMatchObject({ lastUsedAt: null });
  await actorOf({ authorization: `Bearer ${token}` });
  const firstUse = (await row())?.lastUsedAt;
  expect(firstUse).toBeInstanceOf(Date);
  await actorOf({ authorization: `Bearer ${token}` });
  expect((await row())?.lastUsedAt).toEqual(firstUse);
  const [listed] = await callerOf(database, person).tokens.list({ userId: person.id });
  expect(listed).toMatchObject({ id, name: 'a program', lastUsedAt: firstUse });
  expect(JSON.stringify(listed)).not.toContain('zyzz_');
});

test('nobody has more than 50 tokens', async () => {
  const hoarder = await makePerson(database.db, 'Hoarder');
  const make = () => callerOf(database, hoarder).tokens.create({ userId: hoarder.id, name: 'one more' });
  const made = await Promise.allSettled(Array.from({ length: 52 }, make));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
});
