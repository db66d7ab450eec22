import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { jobs } from '../../db/schema';
import { leaseSeconds } from '../../stream-node/contract/jobs';
import { type Lease, lockHeldJob } from './held-lease';

/** A worker says that it is at it. @returns false when the lease is another's: it is to stop */
export async function beatJob(db: Database, lease: Lease, progress: number): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const job = await lockHeldJob(tx, lease);
    if (job === null) {
      return false;
    }
    const leaseUntil = sql`now() + ${leaseSeconds} * interval '1 second'`;
    await tx.update(jobs).set({ leaseUntil, progress }).where(eq(jobs.id, job.id));
    return true;
  });
}
