import { randomBytes } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { accounts, sessions, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { sessionSeconds } from '../auth';
import type { OperationContext } from '../operation-context';
import { plainText } from '../text/plain-text';

export const LocalSignInInput = z.object({
  name: plainText({ graphemesMin: 1, graphemesMax: 60 }),
  /** where the page goes on to; kept by the page, never followed here */
  callbackUrl: z.string().max(2000).optional(),
});
export type LocalSignInInput = z.output<typeof LocalSignInInput>;

const provider = 'local';
/** Any number that no other part of the product locks. */
const localSignInLock = 7_299_003;

/**
 * Signs in by name alone. The same name, whatever its case, comes back to the same user; the first one is an operator.
 * Whether this may be offered at all is the caller's question (`offersLocalSignIn` and the request's own address).
 *
 * @returns the token for the session cookie
 */
export async function signInLocally(
  context: Pick<OperationContext, 'db'>,
  input: LocalSignInInput,
): Promise<{ userId: string; sessionToken: string; expires: Date }> {
  const providerAccountId = input.name.toLowerCase();
  return await context.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${localSignInLock})`);
    const [known] = await tx
      .select({ userId: accounts.userId })
      .from(accounts)
      .where(and(eq(accounts.provider, provider), eq(accounts.providerAccountId, providerAccountId)));
    let userId = known?.userId;
    if (userId === undefined) {
      userId = newId('user');
      const [anyLocal] = await tx
        .select({ userId: accounts.userId })
        .from(accounts)
        .where(eq(accounts.provider, provider))
        .limit(1);
      await tx
        .insert(users)
        .values({ id: userId, name: input.name, role: anyLocal === undefined ? 'operator' : 'member' });
      await tx.insert(accounts).values({ userId, type: 'credentials', provider, providerAccountId });
    }
    const sessionToken = randomBytes(32).toString('base64url');
    const expires = new Date(Date.now() + sessionSeconds * 1000);
    await tx.insert(sessions).values({ sessionToken, userId, expires });
    return { userId, sessionToken, expires };
  });
}
