import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { keptJournals, streams, takes, users } from '../../db/schema';
import type { ServerEnv } from '../env';

/** How much a person may keep; `null`: as much, or as long, as they like. */
export type RecordingLimits = { daysMax: number | null; bytesMax: number | null };

const unlimited = (value: number): number | null => (value === 0 ? null : value);

/** A person's own limits, or those of the settings. */
export async function recordingLimits(
  db: Queryable,
  env: Pick<ServerEnv, 'recordingDays' | 'recordingBytesPerUser'>,
  userId: string,
): Promise<RecordingLimits> {
  const [own] = await db
    .select({ daysMax: users.recordingDaysMax, bytesMax: users.recordingBytesMax })
    .from(users)
    .where(eq(users.id, userId));
  return {
    daysMax: unlimited(own?.daysMax ?? env.recordingDays),
    bytesMax: unlimited(own?.bytesMax ?? env.recordingBytesPerUser),
  };
}

/**
 * The bytes of all takes of a person's streams, and of the journals that nodes keep of them: what is not in a take yet, or not
 * whole. What is made of them for downloading does not count.
 */
export async function recordedBytes(db: Queryable, userId: string): Promise<number> {
  const [found] = await db
    .select({ bytes: sql<number>`coalesce(sum(${takes.bytes}), 0)`.mapWith(Number) })
    .from(takes)
    .innerJoin(streams, eq(streams.id, takes.streamId))
    .where(eq(streams.ownerId, userId));
  const [kept] = await db
    .select({ bytes: sql<number>`coalesce(sum(${keptJournals.bytes}), 0)`.mapWith(Number) })
    .from(keptJournals)
    .innerJoin(streams, eq(streams.id, keptJournals.streamId))
    .where(eq(streams.ownerId, userId));
  return (found?.bytes ?? 0) + (kept?.bytes ?? 0);
}

/** `12.5 GB`, `300 MB` */
export function sizeWords(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/**
 * Why a new stream of this person is not recorded, in words for them; `null`: it may be. A recording that is under way is never
 * cut off by the quota.
 */
export async function quotaRefusal(
  db: Queryable,
  env: Pick<ServerEnv, 'recordingDays' | 'recordingBytesPerUser'>,
  userId: string,
): Promise<string | null> {
  const { bytesMax } = await recordingLimits(db, env, userId);
  if (bytesMax === null) {
    return null;
  }
  const used = await recordedBytes(db, userId);
  return used < bytesMax
    ? null
    : `This is not recorded: your recordings take ${sizeWords(used)} of ${sizeWords(bytesMax)}. Delete some to record again. The live stream goes on.`;
}
