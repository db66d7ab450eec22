import { and, desc, eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { downloads, jobs, nodes, takes } from '../../db/schema';
import type { JobWork } from '../../stream-node/contract/jobs';
import { mediaPath } from '../../stream-node/contract/media-urls';
import { isAliveColumn } from '../nodes/node-view';
import type { OperationContext } from '../operation-context';
import { getStreamView } from '../streams/get-stream';
import { playGrantOf } from '../streams/load-stream-views';
import type { StreamView } from '../streams/stream-view';
import type { RecordingIdInput } from './recording-inputs';

export type DownloadView = {
  renditionId: string;
  kind: 'audio' | 'video';
  url: string;
  bytes: number;
  durationSeconds: number;
  width: number | null;
  height: number | null;
};

/**
 * `none`: there is nothing to make them of. `failed`: given up. `waiting`: a node that has a part of the recording is away, and
 * files are only made of the whole.
 */
export type DownloadsView = {
  state: 'none' | 'waiting' | 'preparing' | 'ready' | 'failed';
  /** of what is being made, from 0 to 1 */
  progress: number;
  /** the best picture first, sound last; also those of before the recording was trimmed, until new ones are made */
  files: DownloadView[];
};

/** What can be downloaded of a recording by whoever may play it. @throws AppError `not_found` */
export async function getDownloads(
  context: Pick<OperationContext, 'db' | 'env' | 'actor'>,
  input: RecordingIdInput,
): Promise<DownloadsView> {
  const stream = await getStreamView(context, input.streamId);
  const [newest] = await context.db
    .select({ state: jobs.state, progress: jobs.progress, work: jobs.input })
    .from(jobs)
    .where(and(eq(jobs.streamId, stream.id), eq(jobs.kind, 'downloads')))
    .orderBy(desc(jobs.createdAt))
    .limit(1);
  const made = await context.db
    .select({ file: downloads, nodeUrl: nodes.publicUrl })
    .from(downloads)
    .innerJoin(nodes, eq(nodes.id, downloads.nodeId))
    .where(eq(downloads.streamId, stream.id));
  const grant = await playGrantOf(context, stream.id);
  const files = made.map(({ file, nodeUrl }) => ({
    renditionId: file.renditionId,
    kind: file.kind,
    url: `${nodeUrl}${mediaPath(stream.id, `${file.renditionId}/${file.file}`, grant)}`,
    bytes: file.bytes,
    durationSeconds: file.durationSeconds,
    width: file.width,
    height: file.height,
  }));
  const isRunning = newest?.state === 'waiting' || newest?.state === 'leased';
  return {
    state: await stateOf(context.db, { stream, newest, isRunning, hasFiles: files.length > 0 }),
    progress: isRunning ? (newest?.progress ?? 0) : 1,
    files: files.sort(bestFirst),
  };
}

/** Pictures by their size, then sound; a small picture of much movement may be the larger file. */
function bestFirst(a: DownloadView, b: DownloadView): number {
  return (
    Number(a.kind === 'audio') - Number(b.kind === 'audio') || (b.height ?? 0) - (a.height ?? 0) || b.bytes - a.bytes
  );
}

type Standing = {
  stream: Pick<StreamView, 'id' | 'state'>;
  newest: { state: string; work: JobWork } | undefined;
  isRunning: boolean;
  hasFiles: boolean;
};

async function stateOf(db: Queryable, standing: Standing): Promise<DownloadsView['state']> {
  const { stream, newest, isRunning, hasFiles } = standing;
  const isOver = stream.state === 'ended' || stream.state === 'failed';
  if (isOver && (await isHeldByOneAway(db, stream.id, newest?.work))) {
    return 'waiting';
  }
  if (isRunning) {
    return 'preparing';
  }
  if (newest?.state === 'failed') {
    return 'failed';
  }
  return hasFiles ? 'ready' : 'none';
}

/** Whether a part that is in no file yet lies on a node that is away. */
async function isHeldByOneAway(db: Queryable, streamId: string, work: JobWork | undefined): Promise<boolean> {
  const parts = await db
    .select({ id: takes.id, isAlive: isAliveColumn })
    .from(takes)
    .innerJoin(nodes, eq(nodes.id, takes.nodeId))
    .where(eq(takes.streamId, streamId));
  const inFiles = new Set(work?.kind === 'downloads' ? work.takeIds : []);
  return parts.some(({ isAlive }) => !isAlive) && parts.some(({ id }) => !inFiles.has(id));
}
