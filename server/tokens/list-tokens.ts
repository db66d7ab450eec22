import { desc, eq } from 'drizzle-orm';
import { apiTokens, users } from '../../db/schema';
import { AppError } from '../errors';
import { type OperationContext, requireSelfOrOperator } from '../operation-context';
import type { ListTokensInput } from './token-inputs';
import { type TokenView, tokenColumns } from './token-view';

/** A person's API tokens, newest first. @throws AppError `unauthorized`, `forbidden`, `not_found` */
export async function listTokens(context: OperationContext, input: ListTokensInput): Promise<TokenView[]> {
  requireSelfOrOperator(context, input.userId);
  const [user] = await context.db.select({ id: users.id }).from(users).where(eq(users.id, input.userId));
  if (user === undefined) {
    throw new AppError('not_found', 'There is no such person');
  }
  return await context.db
    .select(tokenColumns)
    .from(apiTokens)
    .where(eq(apiTokens.userId, input.userId))
    .orderBy(desc(apiTokens.createdAt), desc(apiTokens.id));
}
