import { z } from 'zod';
import { NodeId, PublicId, StreamId, TakeId } from './ids';
import { RenditionId } from './ladder';

/**
 * Work that a node does for the web beside the live streams. A node asks for a job (`leaseJobPath`), says that it is still at
 * it, and hands in the result; each of these names the lease's epoch, so that a worker that comes back from the dead completes
 * nothing of another's. `Authorization: Bearer <node secret>`, JSON bodies.
 */
export const leaseJobPath = '/internal/jobs/lease';
export const beatJobPath = (jobId: string) => `/internal/jobs/${jobId}/beat`;
export const completeJobPath = (jobId: string) => `/internal/jobs/${jobId}/complete`;
export const failJobPath = (jobId: string) => `/internal/jobs/${jobId}/fail`;

/** How long the web holds a lease call open when there is nothing to do, in seconds. */
export const leaseWaitSeconds = 20;
/** How long a lease stands without a beat, in seconds; a worker beats three times in it. */
export const leaseSeconds = 30;

/**
 * Below this a node gives another one the files of a take, so that downloads hold the whole of a recording whose takes lie on
 * several nodes: `GET <path>/<stream id>/<take id>/<file>`, the node secret as bearer; 404 for a file it has not.
 */
export const lentTakesPath = '/control/takes';
export const lentFileUrl = (nodeUrl: string, streamId: string, takeId: string, file: string) =>
  `${nodeUrl}${lentTakesPath}/${streamId}/${takeId}/${file}`;

export const JobId = PublicId.describe('public id of a job');

/** A stretch of the event clock, unix milliseconds; `null`: from the beginning, to the end. */
export const TrimRange = z.object({ startMs: z.number().nullable(), endMs: z.number().nullable() });
export type TrimRange = z.infer<typeof TrimRange>;

/** Makes the files that people download of a recording: every picture with its sound, and the sound alone. */
export const DownloadsWork = z.object({
  kind: z.literal('downloads'),
  streamId: StreamId,
  /** without extension; what a browser saves the files as begins so */
  title: z.string().min(1).max(200),
  /** all takes of the recording, on whichever node; nothing is made without any of them */
  takeIds: z.array(TakeId).min(1).max(10_000),
  /** those that lie on other nodes, and where these are reached by nodes and the web */
  elsewhere: z
    .array(z.object({ nodeUrl: z.url(), takeIds: z.array(TakeId).min(1).max(10_000), bytes: z.number().min(0) }))
    .max(100)
    .optional(),
  trim: TrimRange,
  /** names this version of the recording: its takes and its trim */
  version: z.string().min(1).max(64),
});
export type DownloadsWork = z.infer<typeof DownloadsWork>;

/** Makes the still that stands for a recording. */
export const PosterWork = z.object({
  kind: z.literal('poster'),
  streamId: StreamId,
  trim: TrimRange,
  version: z.string().min(1).max(64),
});
export type PosterWork = z.infer<typeof PosterWork>;

export const JobWork = z.discriminatedUnion('kind', [DownloadsWork, PosterWork]);
export type JobWork = z.infer<typeof JobWork>;
export type JobKind = JobWork['kind'];

export const DownloadFile = z.object({
  renditionId: RenditionId,
  kind: z.enum(['video', 'audio']),
  /** below the rendition's folder of the stream's media path */
  file: z.string().min(1).max(128),
  bytes: z.int().min(1),
  durationSeconds: z.number().positive(),
  /** of the picture; null for sound alone */
  width: z.int().min(1).nullable(),
  height: z.int().min(1).nullable(),
});
export type DownloadFile = z.infer<typeof DownloadFile>;

export const JobResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('downloads'), files: z.array(DownloadFile).max(100) }),
  /** null: the recording has no picture */
  z.object({ kind: z.literal('poster'), bytes: z.int().min(1).nullable() }),
]);
export type JobResult = z.infer<typeof JobResult>;

export const LeaseJobRequest = z.object({
  nodeId: NodeId,
  /** how long to wait for a job, in seconds */
  waitSeconds: z.number().min(0).max(leaseWaitSeconds).default(leaseWaitSeconds),
});

export const LeasedJob = z.object({
  jobId: JobId,
  leaseEpoch: z.int().min(1),
  work: JobWork,
});
export type LeasedJob = z.infer<typeof LeasedJob>;

/** `job` null: there was nothing to do in that time. */
export const LeaseJobAnswer = z.object({ job: LeasedJob.nullable() });
export type LeaseJobAnswer = z.infer<typeof LeaseJobAnswer>;

const Lease = z.object({ leaseEpoch: z.int().min(1) });
/** `progress`: of the work, from 0 to 1 */
export const BeatJobRequest = Lease.extend({ progress: z.number().min(0).max(1) });
export const CompleteJobRequest = Lease.extend({ result: JobResult });
export const FailJobRequest = Lease.extend({
  reason: z.string().min(1).max(500),
  /** whether another attempt may help */
  isRetryable: z.boolean(),
  /** nothing went wrong: the worker goes away, and the attempt does not count */
  isGivenBack: z.boolean().default(false),
});
/** Why a worker did not do a job. */
export type JobFailure = Omit<z.input<typeof FailJobRequest>, 'leaseEpoch'>;

/** The answer to the three calls above. `held` false: the lease is another's by now, and nothing was changed. */
export const LeaseAnswer = z.object({ held: z.boolean() });
export type LeaseAnswer = z.infer<typeof LeaseAnswer>;
