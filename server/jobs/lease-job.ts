import { and, desc, eq, gte, isNull, lt, lte, or, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { jobs } from '../../db/schema';
import { type LeasedJob, leaseSeconds } from '../../stream-node/contract/jobs';
import type { JobHints } from './job-hints';

/** A job that was begun so often and never ended is given up: it may be what kills its workers. */
export const attemptsMax = 5;

const leaseRanOut = and(eq(jobs.state, 'leased'), lt(jobs.leaseUntil, sql`now()`));

/**
 * Gives a node the next job that it can do, for as long as it says that it is at it. Two nodes never get the same one: rows
 * that are looked at are passed over by others.
 *
 * @returns `null` when there is none
 */
export async function leaseJob(db: Database, nodeId: string): Promise<LeasedJob | null> {
  return await db.transaction(async (tx) => {
    await tx
      .update(jobs)
      .set({
        state: 'failed',
        doneAt: sql`now()`,
        lastError: sql`coalesce(${jobs.lastError}, 'its workers disappeared')`,
      })
      .where(and(leaseRanOut, gte(jobs.attempts, attemptsMax)));
    const [next] = await tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(
        and(
          or(and(eq(jobs.state, 'waiting'), lte(jobs.readyAt, sql`now()`)), leaseRanOut),
          or(isNull(jobs.nodeId), eq(jobs.nodeId, nodeId)),
        ),
      )
      .orderBy(desc(jobs.priority), jobs.createdAt, jobs.id)
      .limit(1)
      .for('update', { skipLocked: true });
    if (next === undefined) {
      return null;
    }
    const [leased] = await tx
      .update(jobs)
      .set({
        state: 'leased',
        leasedBy: nodeId,
        leaseUntil: sql`now() + ${leaseSeconds} * interval '1 second'`,
        leaseEpoch: sql`${jobs.leaseEpoch} + 1`,
        attempts: sql`${jobs.attempts} + 1`,
        progress: 0,
      })
      .where(eq(jobs.id, next.id))
      .returning();
    return leased === undefined ? null : { jobId: leased.id, leaseEpoch: leased.leaseEpoch, work: leased.input };
  });
}

/** As {@link leaseJob}, and waits for one. */
export async function awaitJob(
  db: Database,
  hints: JobHints,
  request: { nodeId: string; waitSeconds: number },
): Promise<LeasedJob | null> {
  const until = performance.now() + request.waitSeconds * 1000;
  for (;;) {
    // Before the look, so that a job that is added meanwhile wakes this call.
    const hint = hints.next(Math.max(0, until - performance.now()));
    const job = await leaseJob(db, request.nodeId);
    if (job !== null || hints.isClosed || performance.now() >= until) {
      return job;
    }
    await hint;
  }
}
