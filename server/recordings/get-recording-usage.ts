import { and, asc, eq, isNotNull, lt, sql } from 'drizzle-orm';
import { streams } from '../../db/schema';
import { type OperationContext, requireUser } from '../operation-context';
import { noticeDays } from './expire-recordings';
import { recordedBytes, recordingLimits } from './recording-limits';

export type RecordingUsage = {
  usedBytes: number;
  /** null: as much as one likes */
  bytesMax: number | null;
  /** how long recordings are kept, in days; null: for ever */
  daysMax: number | null;
  /** how many are deleted within the next week, and when the first one is */
  expiringSoon: { count: number; firstAt: Date } | null;
};

/** How much of one's limits one's recordings take. @throws AppError `unauthorized` */
export async function getRecordingUsage(context: OperationContext): Promise<RecordingUsage> {
  const user = requireUser(context);
  const { db, env } = context;
  const soon = await db
    .select({ expiresAt: streams.expiresAt })
    .from(streams)
    .where(
      and(
        eq(streams.ownerId, user.id),
        isNotNull(streams.expiresAt),
        lt(streams.expiresAt, sql`now() + ${noticeDays} * interval '1 day'`),
      ),
    )
    .orderBy(asc(streams.expiresAt));
  const firstAt = soon[0]?.expiresAt ?? null;
  return {
    usedBytes: await recordedBytes(db, user.id),
    ...(await recordingLimits(db, env, user.id)),
    expiringSoon: firstAt === null ? null : { count: soon.length, firstAt },
  };
}
