import type { Queryable } from '../../db/client';
import { jobs } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import type { JobKind, JobWork } from '../../stream-node/contract/jobs';
import { notifyRoom } from '../bus/notify';
import { jobsRoom } from './job-hints';

/** What people wait for at once comes first. */
const priorities: Record<JobKind, number> = { poster: 10, downloads: 0 };

export type NewJob = {
  work: JobWork;
  /** the node that has what the job needs; null: any may do it */
  nodeId: string | null;
  /** the same key again is the same job: nothing is added */
  dedupeKey: string | null;
  parentId?: string;
};

/** Adds a job and wakes the nodes that wait for one. @returns its id, or null where it is there already */
export async function enqueueJob(tx: Queryable, job: NewJob): Promise<string | null> {
  const { work, nodeId, dedupeKey, parentId = null } = job;
  const row = {
    id: newId('job'),
    kind: work.kind,
    streamId: work.streamId,
    input: work,
    priority: priorities[work.kind],
  };
  const added = await tx
    .insert(jobs)
    .values({ ...row, nodeId, dedupeKey, parentId })
    .onConflictDoNothing({ target: jobs.dedupeKey })
    .returning({ id: jobs.id });
  if (added.length === 0) {
    return null;
  }
  await notifyRoom(tx, { room: jobsRoom, kind: 'jobs' });
  return row.id;
}
