import { and, desc, eq, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import { nodes, streamKeys, streams } from '../../db/schema';
import type { JobTotals, LiveJobSpec } from '../../db/schema/live-job-spec';
import { mediaFiles, mediaPath } from '../../stream-node/contract/media-urls';
import { isFinal, type StreamState } from '../../stream-node/contract/stream-state';
import { AppError } from '../errors';
import { totalsOf } from '../nodes/job-totals';
import { type OperationContext, requireSignedIn } from '../operation-context';
import type { PageRequest } from '../page-request';
import { jobStreamKey } from './job-stream-key';

/** A live job as its owner or an operator sees it. */
export type LiveJobView = {
  id: string;
  key: number;
  state: StreamState;
  /** why it failed or stopped by itself */
  reason: string | null;
  spec: LiveJobSpec;
  /** secret; null for an operator, and once its owner has made another one in the booth */
  streamKey: string | null;
  /** null: no worker takes encoders */
  rtmpUrl: string | null;
  /** null while it has no worker */
  playbackUrl: string | null;
  createdAt: Date;
  /** the worker that has it now */
  workerId: string | null;
  /** when that worker last spoke of it */
  reportedAt: Date | null;
  ingressKbps: number;
  /** of one processor core, in percent */
  encoderCpuPercent: number;
  totals: JobTotals;
  input: JobInput | null;
};

/** What ffprobe saw in the input. */
export type JobInput = NonNullable<NonNullable<(typeof streams.$inferSelect)['observed']>['input']>;

/** In these very words, not as parameters: a partial index has them as its predicate. */
const isJob = isNotNull(streams.spec);
const isActive = sql`${streams.state} in ('connecting', 'live', 'interrupted', 'paused')`;

/** One's own live jobs, newest first; an operator's are all. @throws AppError `unauthorized` */
export async function pageLiveJobs(
  context: OperationContext,
  input: { isActiveOnly: boolean },
  request: PageRequest,
): Promise<LiveJobView[]> {
  const below = request.beforeKey === null ? undefined : lt(streams.key, request.beforeKey);
  return await loadLiveJobs(context, and(below, input.isActiveOnly ? isActive : undefined), request.limit);
}

/** One live job, for its owner or an operator. @throws AppError `unauthorized`, `not_found` */
export async function getLiveJob(context: OperationContext, jobId: string): Promise<LiveJobView> {
  const [job] = await loadLiveJobs(context, eq(streams.id, jobId), 1);
  if (job === undefined) {
    throw noSuchJob();
  }
  return job;
}

export const noSuchJob = () => new AppError('not_found', 'There is no such job');

async function loadLiveJobs(context: OperationContext, where: SQL | undefined, limit: number): Promise<LiveJobView[]> {
  const actor = requireSignedIn(context);
  const own = actor.role === 'operator' || actor.id === null ? undefined : eq(streams.ownerId, actor.id);
  const rows = await context.db
    .select({
      stream: streams,
      keyHash: streamKeys.keyHash,
      node: { publicUrl: nodes.publicUrl, rtmpUrl: nodes.rtmpUrl, lastSeenAt: nodes.lastSeenAt },
    })
    .from(streams)
    .leftJoin(nodes, eq(nodes.id, streams.nodeId))
    .leftJoin(streamKeys, eq(streamKeys.streamId, streams.id))
    .where(and(isJob, own, where))
    .orderBy(desc(streams.key))
    .limit(limit);
  return rows.flatMap(({ stream, keyHash, node }) => {
    const { spec, observed } = stream;
    if (spec === null) {
      return [];
    }
    const hasWorker = !isFinal(stream.state) && stream.state !== 'parked';
    const key = actor.id === stream.ownerId ? jobStreamKey(context.env.secret, stream.id) : null;
    const isReported = hasWorker && observed !== null;
    const file = spec.Output.Stream_type === 'dash' ? mediaFiles.dash : mediaFiles.live;
    return [
      {
        id: stream.id,
        key: stream.key,
        state: stream.state,
        reason: stream.reason,
        spec,
        streamKey: key !== null && key.keyHash === keyHash ? key.streamKey : null,
        rtmpUrl: context.env.rtmpPublicUrl ?? node?.rtmpUrl ?? null,
        playbackUrl: node === null ? null : `${node.publicUrl}${mediaPath(stream.id, file, undefined)}`,
        createdAt: stream.createdAt,
        workerId: hasWorker ? stream.nodeId : null,
        reportedAt: isReported ? (node?.lastSeenAt ?? null) : null,
        ingressKbps: isReported ? observed.ingressKbps : 0,
        encoderCpuPercent: isReported ? (observed.encoderCpuPercent ?? 0) : 0,
        totals: totalsOf(stream),
        input: observed?.input ?? null,
      },
    ];
  });
}
