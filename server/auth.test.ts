import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, users } from '../db/schema';
import { authAdapter, userOfCookies } from './auth';
import { testEnv } from './testing/test-context';
import { openTestDatabase, type TestDatabase } from './testing/test-database';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => await database.close());

const adapter = () =>
  authAdapter(database.db, testEnv(database.url, { ZYZZ_OPERATOR_EMAILS: 'Boss@zyzz.example, x@y.z' }));
const person = { emailVerified: null, image: null };

test('people without an email each get a user of their own, with a public id', async () => {
  // What next-auth hands on when Facebook tells no email; its type promises one.
  const noEmail = { ...person, email: null as unknown as string };
  const first = await adapter().createUser?.({ ...noEmail, name: 'Asha' } as never);
  const second = await adapter().createUser?.({ ...noEmail, name: 'Asha' } as never);
  expect(first?.id).toMatch(/^usr_/);
  expect(second?.id).not.toBe(first?.id);
});

test('an operator is known by email, whatever its case', async () => {
  const boss = await adapter().createUser?.({ ...person, name: 'Boss', email: 'boss@ZYZZ.example' } as never);
  const [row] = await database.db
    .select()
    .from(users)
    .where(eq(users.id, boss?.id ?? ''));
  expect(row?.role).toBe('operator');
});

test("Facebook's tokens are not kept", async () => {
  const user = await adapter().createUser?.({ ...person, name: 'Asha', email: 'a@zyzz.example' } as never);
  await adapter().linkAccount?.({
    userId: user?.id ?? '',
    type: 'oauth',
    provider: 'facebook',
    providerAccountId: '42',
    access_token: 'secret',
  });
  const [row] = await database.db.select().from(accounts).where(eq(accounts.providerAccountId, '42'));
  expect(row).toMatchObject({ userId: user?.id, access_token: null });
  expect((await adapter().getUserByAccount?.({ provider: 'facebook', providerAccountId: '42' }))?.id).toBe(user?.id);
});

test('a session opens its user until it is over, and no longer', async () => {
  const user = await adapter().createUser?.({ ...person, name: 'Asha', email: 'b@zyzz.example' } as never);
  const session = async (sessionToken: string, expires: Date) => {
    await adapter().createSession?.({ sessionToken, userId: user?.id ?? '', expires });
    return await userOfCookies(`a=b; next-auth.session-token=${sessionToken}`, {
      db: database.db,
      env: testEnv(database.url),
    });
  };
  expect(await session('valid-token', new Date(Date.now() + 60_000))).toMatchObject({ id: user?.id, name: 'Asha' });
  expect(await session('old-token', new Date(Date.now() - 1000))).toBeNull();
});
