import { users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { auditActorOf, writeAuditEntry } from '../audit/write-audit-entry';
import { type OperationContext, requireOperator } from '../operation-context';
import { getProfile, type ProfileView } from './get-profile';
import type { CreateUserInput } from './user-inputs';

/**
 * Makes a user who signs in nowhere: somebody for a program to act as, with a token that an operator makes for them.
 *
 * @throws AppError `unauthorized`, `forbidden`
 */
export async function createUser(context: OperationContext, input: CreateUserInput): Promise<ProfileView> {
  const operator = requireOperator(context);
  const userId = newId('user');
  await context.db.transaction(async (tx) => {
    await tx.insert(users).values({ id: userId, ...input });
    await writeAuditEntry(tx, auditActorOf(operator), { action: 'user.create', subjectKind: 'user', subject: userId });
  });
  return await getProfile(context, { userId });
}
