import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import type { RoomHint } from './bus';

export const roomChannel = 'zyzz_rooms';

/** Tells every web process that a room has news. Inside a transaction it goes out with the commit, or not at all. */
export async function notifyRoom(db: Queryable, hint: RoomHint): Promise<void> {
  await db.execute(sql`select pg_notify(${roomChannel}, ${JSON.stringify(hint)})`);
}
