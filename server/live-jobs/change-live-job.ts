import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streams } from '../../db/schema';
import { isFinal, type StreamState, transition } from '../../stream-node/contract/stream-state';
import { notifyRoom } from '../bus/notify';
import { AppError } from '../errors';
import { askNodeNow } from '../nodes/ask-node-now';
import { assignStream } from '../nodes/assign-stream';
import { chooseNode, lockPlacement, nodeCandidates } from '../nodes/choose-node';
import { needOf } from '../nodes/stream-need';
import { type OperationContext, requireUser } from '../operation-context';
import { removeStreamRow } from '../streams/remove-stream-row';
import type { SessionUser } from '../users/session-user';
import { getLiveJob, type LiveJobView, noSuchJob } from './load-live-jobs';
import { noWorker } from './no-worker';

type StreamRow = typeof streams.$inferSelect;

/** Stops one's own live job: its worker is free, its id, stream key and spec stay. @throws AppError as {@link change} does */
export async function stopLiveJob(context: OperationContext, jobId: string): Promise<LiveJobView> {
  return await change(context, jobId, async (tx, row) => {
    const state = transition(row.state, 'park');
    if (state === null) {
      throw new AppError('forbidden', 'already_stopped: the job is stopped already');
    }
    await setState(tx, row, state);
    return [row.nodeId];
  });
}

/** Holds the output of one's own live job; worker and input stay. @throws AppError as {@link change} does */
export async function pauseLiveJob(context: OperationContext, jobId: string): Promise<LiveJobView> {
  return await change(context, jobId, async (tx, row) => {
    const state = transition(row.state, 'pause');
    if (state === null) {
      const isPaused = row.state === 'paused';
      throw new AppError(
        'forbidden',
        isPaused ? 'already_paused: the job is paused already' : 'not_running: the job has no input or output to pause',
      );
    }
    await setState(tx, row, state);
    return [row.nodeId];
  });
}

/**
 * Ends a pause of one's own live job, or lets a stopped one run again, on the worker that has the least to do.
 *
 * @throws AppError as {@link change} does, `no_node_available`, `bad_request` where no worker has an encoder for one of its codecs
 */
export async function resumeLiveJob(context: OperationContext, jobId: string): Promise<LiveJobView> {
  return await change(context, jobId, async (tx, row) => {
    const state = transition(row.state, 'resume');
    if (state === null) {
      throw new AppError(
        'forbidden',
        isFinal(row.state) ? 'job_over: the job is over; make a new one' : 'already_running: the job runs already',
      );
    }
    if (row.state === 'paused') {
      await setState(tx, row, state);
      return [row.nodeId];
    }
    await lockPlacement(tx);
    const need = needOf(row);
    const node = chooseNode(await nodeCandidates(tx, 1, need), need.demandPercent);
    if (node === null) {
      throw await noWorker(tx, row.spec);
    }
    await assignStream(tx, row, node.id);
    // What the former worker had is gone: nobody is kept there until this one has media.
    await tx.update(streams).set({ mediaNodeId: null }).where(eq(streams.id, row.id));
    await setState(tx, row, state);
    return [row.nodeId, node.id];
  });
}

/** Deletes one's own live job that is stopped. @throws AppError as {@link change} does */
export async function deleteLiveJob(context: OperationContext, jobId: string): Promise<{ Id: string }> {
  await asOwner(context, jobId, async (tx, row) => {
    if (!isFinal(row.state) && row.state !== 'parked') {
      throw new AppError('forbidden', 'not_stopped: stop the job before you delete it');
    }
    return await removeStreamRow(tx, row);
  });
  return { Id: jobId };
}

/** @throws AppError `unauthorized`, `not_found`, `forbidden` where the job is in that state already, or is another's */
async function change(
  context: OperationContext,
  jobId: string,
  step: (tx: Queryable, row: StreamRow) => Promise<(string | null)[]>,
): Promise<LiveJobView> {
  await asOwner(context, jobId, step);
  return await getLiveJob(context, jobId);
}

/** @param step gives the nodes that should be asked to look */
async function asOwner(
  context: OperationContext,
  jobId: string,
  step: (tx: Queryable, row: StreamRow) => Promise<(string | null)[]>,
): Promise<void> {
  const user = requireUser(context);
  const nodeIds = await context.db.transaction(async (tx) => await step(tx, await lockOwnJob(tx, user, jobId)));
  await Promise.all([...new Set(nodeIds)].map(async (nodeId) => await askNodeNow(context, nodeId)));
}

/** Another's job does not exist, but for operators, who are shown it. */
async function lockOwnJob(tx: Queryable, user: SessionUser, jobId: string): Promise<StreamRow> {
  const [row] = await tx.select().from(streams).where(eq(streams.id, jobId)).for('update');
  if (row === undefined || row.spec === null || (row.ownerId !== user.id && user.role !== 'operator')) {
    throw noSuchJob();
  }
  if (row.ownerId !== user.id) {
    throw new AppError('forbidden', 'Only its owner may change this job');
  }
  return row;
}

async function setState(tx: Queryable, row: StreamRow, state: StreamState): Promise<void> {
  await tx.update(streams).set({ state, reason: null, stateChangedAt: new Date() }).where(eq(streams.id, row.id));
  await notifyRoom(tx, { room: `event:${row.eventId}`, kind: 'streams' });
}
