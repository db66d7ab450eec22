import { and, eq } from 'drizzle-orm';
import { events, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { type OperationContext, requireUser } from '../operation-context';

/**
 * The id of the event that has someone's live jobs, since every stream has an event; made when it is first asked for, and on
 * no list.
 *
 * @throws AppError `unauthorized`
 */
export async function liveJobsEvent(context: OperationContext): Promise<string> {
  const user = requireUser(context);
  return await context.db.transaction(async (tx) => {
    // Two at once must not make two.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, user.id)).for('update');
    const [known] = await tx
      .select({ id: events.id })
      .from(events)
      .where(and(eq(events.ownerId, user.id), eq(events.isUnlisted, true)));
    if (known !== undefined) {
      return known.id;
    }
    const id = newId('event');
    await tx.insert(events).values({ id, ownerId: user.id, name: 'Live jobs', isUnlisted: true });
    return id;
  });
}
