import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { jobs } from '../../db/schema';
import type { JobFailure } from '../../stream-node/contract/jobs';
import { notifyRoom } from '../bus/notify';
import { type Lease, lockHeldJob } from './held-lease';
import { jobsRoom } from './job-hints';
import { attemptsMax } from './lease-job';

/** Before the second attempt, in seconds; each further one waits twice as long. */
const firstPauseSeconds = 10;

/**
 * A worker could not do the job. It is tried again after a while, by whoever asks first, unless another attempt cannot help; at
 * once, and without counting, where the worker only went away.
 *
 * @returns false when the lease is another's: nothing was changed
 */
export async function failJob(db: Database, lease: Lease, failure: JobFailure): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const job = await lockHeldJob(tx, lease);
    if (job === null) {
      return false;
    }
    if (failure.isGivenBack === true) {
      const waiting = { state: 'waiting' as const, leaseUntil: null, attempts: job.attempts - 1 };
      await tx.update(jobs).set(waiting).where(eq(jobs.id, job.id));
      await notifyRoom(tx, { room: jobsRoom, kind: 'jobs' });
      return true;
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
