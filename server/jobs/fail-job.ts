import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { jobs } from '../../db/schema';
import { type Lease, lockHeldJob } from './held-lease';
import { attemptsMax } from './lease-job';

/** Before the second attempt, in seconds; each further one waits twice as long. */
const firstPauseSeconds = 10;

/**
 * A worker could not do the job. It is tried again after a while, by whoever asks first, unless another attempt cannot help.
 *
 * @returns false when the lease is another's: nothing was changed
 */
export async function failJob(
  db: Database,
  lease: Lease,
  failure: { reason: string; isRetryable: boolean },
): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const job = await lockHeldJob(tx, lease);
    if (job === null) {
      return false;
    }
    const isOver = !failure.isRetryable || job.attempts >= attemptsMax;
    const pauseSeconds = firstPauseSeconds * 2 ** (job.attempts - 1);
    await tx
      .update(jobs)
      .set({
        lastError: failure.reason,
        leaseUntil: null,
        ...(isOver
          ? { state: 'failed' as const, doneAt: sql`now()` }
          : { state: 'waiting' as const, readyAt: sql`now() + ${pauseSeconds} * interval '1 second'` }),
      })
      .where(eq(jobs.id, job.id));
    return true;
  });
}
