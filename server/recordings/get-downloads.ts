import { and, desc, eq } from 'drizzle-orm';
import { downloads, jobs, nodes } from '../../db/schema';
import { mediaPath } from '../../stream-node/contract/media-urls';
import type { OperationContext } from '../operation-context';
import { getStreamView } from '../streams/get-stream';
import { playGrantOf } from '../streams/load-stream-views';
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

/** `none`: there is nothing to make them of. `failed`: given up. */
export type DownloadsView = {
  state: 'none' | 'preparing' | 'ready' | 'failed';
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
  const work = await context.db
    .select({ nodeId: jobs.nodeId, state: jobs.state, progress: jobs.progress })
    .from(jobs)
    .where(and(eq(jobs.streamId, stream.id), eq(jobs.kind, 'downloads')))
    .orderBy(desc(jobs.createdAt));
  // Of each node only the newest says how it stands.
  const newest = [...new Map(work.toReversed().map((job) => [job.nodeId, job])).values()];
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
  const running = newest.filter(({ state }) => state === 'waiting' || state === 'leased');
  return {
    state: stateOf(newest, running.length > 0, files.length > 0),
    progress: running.length === 0 ? 1 : running.reduce((sum, { progress }) => sum + progress, 0) / running.length,
    files: files.sort(bestFirst),
  };
}

/** Pictures by their size, then sound; a small picture of much movement may be the larger file. */
function bestFirst(a: DownloadView, b: DownloadView): number {
  return (
    Number(a.kind === 'audio') - Number(b.kind === 'audio') || (b.height ?? 0) - (a.height ?? 0) || b.bytes - a.bytes
  );
}

function stateOf(newest: { state: string }[], isPreparing: boolean, hasFiles: boolean): DownloadsView['state'] {
  if (isPreparing) {
    return 'preparing';
  }
  if (newest.some(({ state }) => state === 'failed')) {
    return 'failed';
  }
  return hasFiles ? 'ready' : 'none';
}
