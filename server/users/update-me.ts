import { eq } from 'drizzle-orm';
import { users } from '../../db/schema';
import { AppError } from '../errors';
import { type OperationContext, requireUser } from '../operation-context';
import { type SessionUser, sessionUser } from './session-user';
import type { UpdateMeInput } from './user-inputs';

/** Changes one's own name, description or language. @throws AppError `unauthorized` */
export async function updateMe(context: OperationContext, input: UpdateMeInput): Promise<SessionUser> {
  const user = requireUser(context);
  if (Object.values(input).some((value) => value !== undefined)) {
    await context.db.update(users).set(input).where(eq(users.id, user.id));
  }
  const [row] = await context.db.select().from(users).where(eq(users.id, user.id));
  if (row === undefined) {
    throw new AppError('not_found', 'This account is gone');
  }
  return sessionUser(row, user.via, context.env);
}
