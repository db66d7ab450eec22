import { and, eq, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { streams } from '../../db/schema';
import type { ServerEnv } from '../env';
import { removeStreamRow } from '../streams/remove-stream-row';

/** Nothing is deleted that was not announced for so many days, also where the limit was lowered meanwhile. */
export const noticeDays = 7;
const deletedAtOnceMax = 50;

/** Says of each recording when it will be deleted, by its owner's limit; never sooner than its owner can have seen it. */
async function announce(db: Database, defaultDays: number): Promise<void> {
  const days = sql`coalesce(u.recording_days_max, ${defaultDays}::int)`;
  const day = sql`(s.ended_at + ${days} * interval '1 day')`;
  const noticed = sql`(now() + ${noticeDays} * interval '1 day')`;
  const expiresAt = sql`case
    when ${days} = 0 then null
    when s.expires_at is null then greatest(${day}, ${noticed})
    when ${day} >= s.expires_at then ${day}
    else least(s.expires_at, greatest(${day}, ${noticed}))
  end`;
  await db.execute(sql`
    update stream s set expires_at = ${expiresAt}
    from "user" u
    where u.id = s.owner_id and s.state in ('ended', 'failed') and s.ended_at is not null
      and (${days} > 0 or s.expires_at is not null)
      and exists (select from take where take.stream_id = s.id)
      and s.expires_at is distinct from ${expiresAt}
  `);
}

/**
 * Announces when recordings are deleted, and deletes those whose day has come, as their owner would.
 *
 * @returns the streams that were deleted, and the nodes that have something of them to delete
 */
export async function expireRecordings(
  db: Database,
  env: Pick<ServerEnv, 'recordingDays'>,
): Promise<{ streamId: string; nodeIds: string[] }[]> {
  await announce(db, env.recordingDays);
  const isDue = and(
    isNotNull(streams.expiresAt),
    lt(streams.expiresAt, sql`now()`),
    inArray(streams.state, ['ended', 'failed']),
  );
  const due = await db.select({ id: streams.id }).from(streams).where(isDue).limit(deletedAtOnceMax);
  const deleted: { streamId: string; nodeIds: string[] }[] = [];
  for (const { id } of due) {
    await db.transaction(async (tx) => {
      const stillDue = and(eq(streams.id, id), isDue);
      const [row] = await tx.select().from(streams).where(stillDue).for('update', { skipLocked: true });
      if (row !== undefined) {
        deleted.push({ streamId: id, nodeIds: await removeStreamRow(tx, row) });
      }
    });
  }
  return deleted;
}
