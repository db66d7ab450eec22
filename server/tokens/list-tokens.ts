import { desc, eq } from 'drizzle-orm';
import { apiTokens } from '../../db/schema';
import { type OperationContext, requireSelfOrOperator } from '../operation-context';
import type { ListTokensInput } from './token-inputs';
import { type TokenView, tokenColumns } from './token-view';

/** A person's API tokens, newest first. @throws AppError `unauthorized`, `forbidden` */
export async function listTokens(context: OperationContext, input: ListTokensInput): Promise<TokenView[]> {
  requireSelfOrOperator(context, input.userId);
  return await context.db
    .select(tokenColumns)
    .from(apiTokens)
    .where(eq(apiTokens.userId, input.userId))
    .orderBy(desc(apiTokens.createdAt), desc(apiTokens.id));
}
