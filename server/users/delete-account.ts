import { z } from 'zod';
import { auditActorOf } from '../audit/write-audit-entry';
import { AppError } from '../errors';
import { askNodeNow } from '../nodes/ask-node-now';
import { type OperationContext, requireUser } from '../operation-context';
import { erasePerson } from './erase-person';

/** What a person types, so that nobody deletes an account by a slip. */
export const deletionWords = 'delete my account';

export const DeleteAccountInput = z.object({
  confirmation: z
    .string()
    .refine((text) => text.trim().toLowerCase() === deletionWords, `type “${deletionWords}” to go on`),
});
export type DeleteAccountInput = z.output<typeof DeleteAccountInput>;

/**
 * Deletes one's own account with everything that is theirs, at once and for good. A program may not do it: a token that
 * leaked would then cost more than what it may do.
 *
 * @throws AppError `unauthorized`, `forbidden` to a token, `not_found` when it is gone already
 */
export async function deleteAccount(context: OperationContext, _input: DeleteAccountInput): Promise<{ deleted: true }> {
  const user = requireUser(context);
  if (user.via !== 'session') {
    throw new AppError('forbidden', 'An account is deleted by the person, signed in, on the settings page');
  }
  const nodeIds = await context.db.transaction(async (tx) => await erasePerson(tx, user.id, auditActorOf(user)));
  if (nodeIds === null) {
    throw new AppError('not_found', 'This account is gone');
  }
  await Promise.all(nodeIds.map(async (nodeId) => await askNodeNow(context, nodeId)));
  context.logger.info({ nodes: nodeIds.length }, 'an account was deleted');
  return { deleted: true };
}
