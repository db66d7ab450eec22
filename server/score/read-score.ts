import { and, asc, desc, eq, gt, lte } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '../../db/client';
import { events, scoreChanges, scores } from '../../db/schema';
import { PublicId } from '../../stream-node/contract/ids';
import { AppError } from '../errors';
import { type MatchInfo, ScoreSheet } from './match-info';
import { type FeedState, type ScoreChange, type ScoreNow, type ScoreThen, scoreChangesMax } from './score-view';

export const ScoreInput = z.object({ eventId: PublicId });
export type ScoreInput = z.output<typeof ScoreInput>;

function scoreChange(row: typeof scoreChanges.$inferSelect): ScoreChange {
  return { sequence: row.sequence, atMs: row.at.getTime(), sheet: ScoreSheet.parse(row.sheet) };
}

/** The changes after a sequence, ascending, at most `scoreChangesMax`. */
export async function scoreChangesAfter(db: Queryable, eventId: string, afterSequence: number): Promise<ScoreChange[]> {
  const rows = await db
    .select()
    .from(scoreChanges)
    .where(and(eq(scoreChanges.eventId, eventId), gt(scoreChanges.sequence, afterSequence)))
    .orderBy(asc(scoreChanges.sequence))
    .limit(scoreChangesMax);
  return rows.map(scoreChange);
}

export async function newestScoreChanges(db: Queryable, eventId: string): Promise<ScoreChange[]> {
  const rows = await db
    .select()
    .from(scoreChanges)
    .where(eq(scoreChanges.eventId, eventId))
    .orderBy(desc(scoreChanges.sequence))
    .limit(scoreChangesMax);
  return rows.map(scoreChange).reverse();
}

export async function feedState(db: Queryable, eventId: string): Promise<FeedState> {
  const [row] = await db
    .select({ fetchedAt: scores.fetchedAt, stale: scores.stale, lastError: scores.lastError })
    .from(scores)
    .where(eq(scores.eventId, eventId));
  return {
    isStale: row?.stale ?? false,
    fetchedAtMs: row?.fetchedAt?.getTime() ?? null,
    fault: row?.lastError ?? null,
  };
}

/** The score of an event as it stands, for anyone; without any change where it has none. */
export async function getScore(context: { db: Queryable }, { eventId }: ScoreInput): Promise<ScoreNow> {
  const [changes, feed] = await Promise.all([newestScoreChanges(context.db, eventId), feedState(context.db, eventId)]);
  return { changes, feed };
}

/** The score as it stood at a moment of the event clock, and what followed. */
export async function scoreThen(db: Queryable, eventId: string, atMs: number): Promise<ScoreThen> {
  const [standing] = await db
    .select({ sequence: scoreChanges.sequence })
    .from(scoreChanges)
    .where(and(eq(scoreChanges.eventId, eventId), lte(scoreChanges.at, new Date(atMs))))
    .orderBy(desc(scoreChanges.sequence))
    .limit(1);
  const found = await scoreChangesAfter(db, eventId, (standing?.sequence ?? 1) - 1);
  const isWhole = found.length < scoreChangesMax;
  return { changes: isWhole ? found : found.slice(0, -1), untilMs: isWhole ? null : (found.at(-1)?.atMs ?? null) };
}

export type LatestScore = { matchInfo: MatchInfo; fetchedAt: Date; isStale: boolean };

/**
 * The last good answer of an event's feed.
 *
 * @throws AppError `not_found` for an unknown event, and for one that has no match or whose feed has not answered yet
 */
export async function latestScore(db: Queryable, eventId: string): Promise<LatestScore> {
  const [row] = await db
    .select({ matchUrl: events.matchUrl, score: scores })
    .from(events)
    .leftJoin(scores, eq(scores.eventId, events.id))
    .where(eq(events.id, eventId));
  if (row === undefined) {
    throw new AppError('not_found', 'There is no such event');
  }
  const { matchUrl, score } = row;
  if (matchUrl === '' || score === null || score.sheet === null || score.fetchedAt === null) {
    throw new AppError('not_found', 'This event has no score');
  }
  return { matchInfo: ScoreSheet.parse(score.sheet).matchInfo, fetchedAt: score.fetchedAt, isStale: score.stale };
}
