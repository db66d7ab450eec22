import { eq } from 'drizzle-orm';
import { users } from '../../db/schema';
import { AppError } from '../errors';
import { type OperationContext, requireUser } from '../operation-context';
import type { SessionUser } from './session-user';

/** @throws AppError `unauthorized`, `not_found` when nobody has that id, `forbidden` when someone else has */
export async function requireSelf(context: OperationContext, userId: string): Promise<SessionUser> {
  const user = requireUser(context);
  if (user.id === userId) {
    return user;
  }
  const [other] = await context.db.select({ id: users.id }).from(users).where(eq(users.id, userId));
  if (other === undefined) {
    throw new AppError('not_found', 'There is no such person');
  }
  throw new AppError('forbidden', 'Only they themselves may change this');
}
