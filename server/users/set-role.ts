import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '../../db/schema';
import { PublicId } from '../../stream-node/contract/ids';
import { auditActorOf, writeAuditEntry } from '../audit/write-audit-entry';
import { AppError } from '../errors';
import { type OperationContext, requireOperator } from '../operation-context';
import { sessionUser } from './session-user';

export const SetRoleInput = z.object({
  userId: PublicId,
  role: z.enum(['member', 'operator'], 'must be member or operator'),
});
export type SetRoleInput = z.output<typeof SetRoleInput>;

/**
 * An operator makes another person an operator, or a member again. Nobody changes their own role, so the last operator
 * cannot be lost by a slip.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`; `conflict` for oneself, and for one whom the settings name
 */
export async function setRole(context: OperationContext, input: SetRoleInput): Promise<SetRoleInput> {
  const operator = requireOperator(context);
  if (operator.id === input.userId) {
    throw new AppError('conflict', 'Another operator must change your role');
  }
  return await context.db.transaction(async (tx) => {
    const [row] = await tx.select().from(users).where(eq(users.id, input.userId)).for('update');
    if (row === undefined) {
      throw new AppError('not_found', 'There is no such person');
    }
    if (
      input.role === 'member' &&
      sessionUser({ ...row, role: 'member' }, 'session', context.env).role === 'operator'
    ) {
      throw new AppError('conflict', 'ZYZZ_OPERATOR_EMAILS makes them an operator; take their address out there');
    }
    if (row.role !== input.role) {
      await tx.update(users).set({ role: input.role }).where(eq(users.id, input.userId));
      await writeAuditEntry(tx, auditActorOf(operator), {
        action: 'user.role',
        subjectKind: 'user',
        subject: input.userId,
        detail: { from: row.role, to: input.role },
      });
    }
    return input;
  });
}
