import { eq } from 'drizzle-orm';
import { events, ownEvents, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { type OperationContext, requireUser } from '../operation-context';

/**
 * The id of the event of one's own, for a broadcast that names none; made when it is first asked for, and then always the
 * same.
 *
 * @throws AppError `unauthorized`
 */
export async function ownEvent(context: OperationContext): Promise<string> {
  const user = requireUser(context);
  return await context.db.transaction(async (tx) => {
    // Two at once must not make two.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, user.id)).for('update');
    const [known] = await tx.select().from(ownEvents).where(eq(ownEvents.userId, user.id));
    if (known !== undefined) {
      return known.eventId;
    }
    const eventId = newId('event');
    await tx.insert(events).values({ id: eventId, ownerId: user.id, name: `${user.name} live` });
    await tx.insert(ownEvents).values({ userId: user.id, eventId });
    return eventId;
  });
}
