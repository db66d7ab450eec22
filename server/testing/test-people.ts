import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/client';
import { sessions, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import type { SessionUser } from '../users/session-user';

export type TestPerson = SessionUser & { cookie: string };

/** A user with a session, as sign-in would have made them. */
export async function makePerson(
  db: Database,
  name: string,
  values: Partial<typeof users.$inferInsert> = {},
): Promise<TestPerson> {
  const id = newId('user');
  const sessionToken = randomUUID();
  await db.insert(users).values({ id, name, ...values });
  await db.insert(sessions).values({ sessionToken, userId: id, expires: new Date(Date.now() + 3_600_000) });
  const cookie = `next-auth.session-token=${sessionToken}`;
  const role = values.role ?? 'member';
  return { id, name, image: null, role, language: 'en', via: 'session', cookie };
}
