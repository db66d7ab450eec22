import { and, eq, lte } from 'drizzle-orm';
import type { Database, Queryable } from '../../db/client';
import { scoreChanges, scores } from '../../db/schema';
import { notifyRoom } from '../bus/notify';
import { ScoreSheet } from './match-info';

/** Of one event: a five-day match has some three thousand. */
const changesKeptMax = 5000;
const pruneEvery = 100;

/**
 * Keeps a good answer of an event's feed, and tells the room when it says something new. Answers of two processes are put
 * one after the other, so the same score is never kept twice.
 *
 * @param answeredAtMs when the answer came, on the event clock: it cannot have come before what it tells
 * @returns whether it says something new
 */
export async function storeScore(
  db: Database,
  eventId: string,
  sheet: ScoreSheet,
  answeredAtMs: number,
): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const before = await lockedScore(tx, eventId);
    const fetchedAt = new Date(Math.max(answeredAtMs, before.fetchedAt?.getTime() ?? 0));
    const well = { fetchedAt, stale: false, lastError: null };
    const known = ScoreSheet.safeParse(before.sheet);
    // Parsed, both have the order of the schema.
    const isNew = !known.success || JSON.stringify(known.data) !== JSON.stringify(ScoreSheet.parse(sheet));
    if (isNew) {
      const sequence = before.sequence + 1;
      await tx.insert(scoreChanges).values({ eventId, sequence, at: fetchedAt, sheet });
      await tx
        .update(scores)
        .set({ ...well, sheet, sequence })
        .where(eq(scores.eventId, eventId));
      if (sequence % pruneEvery === 0) {
        const tooOld = lte(scoreChanges.sequence, sequence - changesKeptMax);
        await tx.delete(scoreChanges).where(and(eq(scoreChanges.eventId, eventId), tooOld));
      }
    } else {
      await tx.update(scores).set(well).where(eq(scores.eventId, eventId));
    }
    if (isNew || before.stale || before.lastError !== null) {
      await notifyRoom(tx, { room: `event:${eventId}`, kind: 'score' });
    }
    return isNew;
  });
}

/** Marks the last good answer as stale, and tells the room when it was not. @param fault in words without any address */
export async function markScoreStale(db: Database, eventId: string, fault: string): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await lockedScore(tx, eventId);
    if (!before.stale || before.lastError !== fault) {
      await tx.update(scores).set({ stale: true, lastError: fault }).where(eq(scores.eventId, eventId));
      await notifyRoom(tx, { room: `event:${eventId}`, kind: 'score' });
    }
  });
}

async function lockedScore(tx: Queryable, eventId: string): Promise<typeof scores.$inferSelect> {
  await tx.insert(scores).values({ eventId }).onConflictDoNothing();
  const [row] = await tx.select().from(scores).where(eq(scores.eventId, eventId)).for('update');
  if (row === undefined) {
    throw new Error('a row that was just inserted is not there');
  }
  return row;
}
