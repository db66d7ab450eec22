import { sql } from 'drizzle-orm';
import type { Database } from './client';
import { events, users } from './schema';

/** Fixed ids, so that links to the demo survive a fresh data directory. */
const demoEventId = 'evt_demo_nepal_kenya';
const systemUserId = 'usr_zyzz_system';

/** Any number that no other part of the product locks. */
const seedLock = 7_299_002;

/**
 * The first run's content: one demo event that is running now, owned by a system user nobody can sign in as. Does nothing
 * once any event was made, so that a deleted demo stays deleted.
 *
 * @returns whether something was written
 */
export async function seedDatabase(db: Database): Promise<boolean> {
  return await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${seedLock})`);
    const [anyUser] = await tx.select({ id: users.id }).from(users).limit(1);
    if (anyUser !== undefined) {
      return false;
    }
    await tx.insert(users).values({ id: systemUserId, name: 'zyzz' });
    await tx.insert(events).values({
      id: demoEventId,
      ownerId: systemUserId,
      name: 'Nepal v Kenya',
      description: 'The demo match: go live, listen in, and talk.',
      startsAt: new Date(),
      runningNow: true,
    });
    return true;
  });
}
