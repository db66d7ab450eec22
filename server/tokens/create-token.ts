import { count, eq } from 'drizzle-orm';
import { apiTokens, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { AppError } from '../errors';
import { type OperationContext, requireSelfOrOperator } from '../operation-context';
import { newApiToken } from './api-token';
import type { CreateTokenInput } from './token-inputs';
import { type TokenView, tokenColumns } from './token-view';

/** One for each program that a person could think of. */
const tokensPerPersonMax = 50;

/**
 * Makes a personal API token, told this once: only its hash is kept. With it a program is the person.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found` (the person), `conflict` when they have 50
 */
export async function createToken(
  context: OperationContext,
  input: CreateTokenInput,
): Promise<TokenView & { token: string }> {
  requireSelfOrOperator(context, input.userId);
  const { token, tokenHash } = newApiToken();
  return await context.db.transaction(async (tx) => {
    // Locked, so that simultaneous calls count each other.
    const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.id, input.userId)).for('update');
    if (user === undefined) {
      throw new AppError('not_found', 'There is no such person');
    }
    const [existing] = await tx.select({ count: count() }).from(apiTokens).where(eq(apiTokens.userId, user.id));
    if ((existing?.count ?? 0) >= tokensPerPersonMax) {
      throw new AppError('conflict', `At most ${tokensPerPersonMax} tokens; revoke one first`);
    }
    const [row] = await tx
      .insert(apiTokens)
      .values({ id: newId('apiToken'), userId: user.id, name: input.name, tokenHash })
      .returning(tokenColumns);
    if (row === undefined) {
      throw new Error('the token was not written');
    }
    return { ...row, token };
  });
}
