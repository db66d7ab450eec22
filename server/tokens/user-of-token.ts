import { eq, getTableColumns, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { apiTokens, users } from '../../db/schema';
import type { ServerEnv } from '../env';
import { type SessionUser, sessionUser } from '../users/session-user';
import { hashOfToken, looksLikeApiToken } from './api-token';

/** A busy program would otherwise write a row at each of its requests. */
const usedAtStepMs = 60_000;

/**
 * Whose personal API token it is. It is looked up by its hash, so how long that takes tells nothing about any token.
 *
 * @returns `null` for one that never was or was revoked
 */
export async function userOfToken(
  deps: { db: Queryable; env: Pick<ServerEnv, 'operatorEmails'> },
  token: string,
): Promise<SessionUser | null> {
  if (!looksLikeApiToken(token)) {
    return null;
  }
  const [row] = await deps.db
    .select({ tokenId: apiTokens.id, lastUsedAt: apiTokens.lastUsedAt, user: getTableColumns(users) })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(eq(apiTokens.tokenHash, hashOfToken(token)));
  if (row === undefined) {
    return null;
  }
  if (row.lastUsedAt === null || Date.now() - row.lastUsedAt.getTime() > usedAtStepMs) {
    await deps.db.update(apiTokens).set({ lastUsedAt: sql`now()` }).where(eq(apiTokens.id, row.tokenId));
  }
  return sessionUser(row.user, 'token', deps.env);
}
