import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { jobs } from '../../db/schema';
import type { JobResult } from '../../stream-node/contract/jobs';
import { AppError } from '../errors';
import { keepDownloads } from '../recordings/keep-downloads';
import { keepPoster } from '../recordings/keep-poster';
import { type Lease, lockHeldJob } from './held-lease';

/**
 * A worker hands in what it made; the job is over and its result is kept, both or neither.
 *
 * @returns false when the lease is another's: nothing was changed
 * @throws AppError `bad_request` for a result of another kind of job
 */
export async function completeJob(db: Database, lease: Lease, result: JobResult): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const job = await lockHeldJob(tx, lease);
    if (job === null) {
      return false;
    }
    const work = job.input;
    const nodeId = job.leasedBy;
    if (work.kind !== result.kind || nodeId === null) {
      throw new AppError('bad_request', `result.kind: the job is of kind ${work.kind}`, { field: 'result.kind' });
    }
    if (work.kind === 'downloads' && result.kind === 'downloads') {
      await keepDownloads(tx, nodeId, work, result.files);
    } else if (work.kind === 'poster' && result.kind === 'poster') {
      await keepPoster(tx, nodeId, work, result.bytes);
    }
    const done = { state: 'done' as const, progress: 1, leaseUntil: null, lastError: null, doneAt: sql`now()` };
    await tx.update(jobs).set(done).where(eq(jobs.id, job.id));
    return true;
  });
}
