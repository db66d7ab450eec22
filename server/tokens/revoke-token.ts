import { and, eq } from 'drizzle-orm';
import { apiTokens } from '../../db/schema';
import { AppError } from '../errors';
import { type OperationContext, requireSelfOrOperator } from '../operation-context';
import type { RevokeTokenInput } from './token-inputs';

/** Revokes a personal API token: the next request with it is refused. @throws AppError `unauthorized`, `forbidden`, `not_found` */
export async function revokeToken(context: OperationContext, input: RevokeTokenInput): Promise<{ tokenId: string }> {
  requireSelfOrOperator(context, input.userId);
  const revoked = await context.db
    .delete(apiTokens)
    .where(and(eq(apiTokens.id, input.tokenId), eq(apiTokens.userId, input.userId)))
    .returning({ tokenId: apiTokens.id });
  if (revoked[0] === undefined) {
    throw new AppError('not_found', 'There is no such token');
  }
  return revoked[0];
}
