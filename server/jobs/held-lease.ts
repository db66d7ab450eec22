import { and, eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { jobs } from '../../db/schema';

export type Lease = { jobId: string; leaseEpoch: number };

/**
 * The row of a job, locked until the transaction ends; `null` when the lease is another's by now, or the job is over or gone.
 * A lease that ran out and that nobody has taken since is still held: its work is as good as ever.
 */
export async function lockHeldJob(tx: Queryable, lease: Lease): Promise<typeof jobs.$inferSelect | null> {
  const [row] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, lease.jobId), eq(jobs.leaseEpoch, lease.leaseEpoch), eq(jobs.state, 'leased')))
    .for('update');
  return row ?? null;
}
