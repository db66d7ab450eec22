import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DownloadFile, DownloadsWork, JobResult } from '../contract/jobs';
import type { Rendition } from '../contract/ladder';
import { downloadFileName } from '../contract/media-urls';
import { borrowedFolder, openMadeFilesFolder, publishMadeDownloads, readMadeDownloads } from '../store/made-files';
import type { TakeIndex } from '../store/take-index';
import { trimmedTakes } from '../store/trimmed-takes';
import { copyTracks, joinFiles } from '../transcode/recording-commands';
import { borrowTakes } from './borrow-takes';
import { HopelessJob } from './job-worker';
import { piecesOf, type RecordedPiece, spansOf } from './recorded-spans';
import type { WorkContext } from './work-context';

/**
 * Makes of every picture with the best sound, and of every sound alone, one progressive MP4 without encoding anything. Takes
 * follow each other in event-clock order, also those that lie on other nodes. What was downloaded before stays until all is
 * there.
 *
 * @throws Error when the disk has no room for it, a node that has a take is away, or ffmpeg fails
 */
export async function makeDownloads(work: DownloadsWork, context: WorkContext): Promise<JobResult> {
  const { recordings, recordingsFolder, progress, signal } = context;
  const own = await recordings.takesOf(work.streamId);
  const borrowedIds = new Set((work.elsewhere ?? []).flatMap(({ takeIds }) => takeIds));
  const missing = work.takeIds.find(
    (takeId) => !borrowedIds.has(takeId) && !own.some(({ header, closed }) => header.takeId === takeId && closed),
  );
  if (missing !== undefined) {
    throw new HopelessJob(`the take ${missing} is not stored whole on this node`);
  }
  const folder = await openMadeFilesFolder(recordingsFolder, work.streamId);
  const before = await readMadeDownloads(folder);
  if (before?.version === work.version) {
    // Made by an attempt whose word was lost.
    return { kind: 'downloads', files: before.files.map(({ storedAs: _, ...file }) => file) };
  }
  // Pieces of several takes are on the disk a second time while they are joined, and what is borrowed a third time.
  const borrowedBytes = (work.elsewhere ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
  const ownBytes = own.flatMap(({ segments }) => segments).reduce((sum, { length }) => sum + length, 0);
  await context.needRoom(2 * ownBytes + 3 * borrowedBytes);
  const borrowedIn = join(dirname(folder), borrowedFolder);
  try {
    const borrowed = await borrowTakes({ work, folder: borrowedIn, nodeSecret: context.nodeSecret, signal });
    const stored = [...own, ...borrowed].toSorted((a, b) => a.header.startedAtMs - b.header.startedAtMs);
    return await makeOf(stored, borrowedIds, { work, folder, progress, signal });
  } finally {
    await rm(borrowedIn, { recursive: true, force: true });
  }
}

type Making = { work: DownloadsWork; folder: string } & Pick<WorkContext, 'progress' | 'signal'>;

async function makeOf(
  stored: readonly TakeIndex[],
  borrowedIds: ReadonlySet<string>,
  { work, folder, progress, signal }: Making,
): Promise<JobResult> {
  const takes = trimmedTakes(stored, work.trim);
  const folderOf = (takeId: string) => (borrowedIds.has(takeId) ? `${borrowedFolder}/${takeId}` : takeId);
  const plan = renditionsOf(takes).map((rendition) => ({
    rendition,
    pieces: piecesOf(takes, rendition.id, soundBeside(rendition, takes)),
  }));
  const totalBytes = plan.flatMap(({ pieces }) => pieces).reduce((sum, { bytes }) => sum + bytes, 0);
  const files: (DownloadFile & { storedAs: string })[] = [];
  let doneBytes = 0;
  for (const { rendition, pieces } of plan) {
    const file = downloadFileName(rendition.kind);
    const storedAs = `${work.version}-${rendition.id}.${file.split('.').at(-1)}`;
    await makeFile(pieces, join(folder, storedAs), { folderOf, signal });
    doneBytes += pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    progress(doneBytes / totalBytes);
    files.push({
      ...{ renditionId: rendition.id, kind: rendition.kind, file, storedAs },
      bytes: (await stat(join(folder, storedAs))).size,
      durationSeconds: pieces.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
      width: rendition.kind === 'video' ? rendition.width : null,
      height: rendition.kind === 'video' ? rendition.height : null,
    });
  }
  await publishMadeDownloads(folder, { version: work.version, title: work.title, files });
  return { kind: 'downloads', files: files.map(({ storedAs: _, ...file }) => file) };
}

async function makeFile(
  pieces: readonly RecordedPiece[],
  output: string,
  { folderOf, signal }: { folderOf: (takeId: string) => string; signal: AbortSignal },
): Promise<void> {
  const folder = dirname(dirname(output));
  const copy = async ({ tracks }: RecordedPiece, to: string) => {
    const spans = tracks.map(({ take, source, segments }) => spansOf(source, segments, folderOf(take.header.takeId)));
    await copyTracks(spans, to, { folder, signal });
  };
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) {
    await copy(first, output);
    return;
  }
  const parts = pieces.map((_, index) => `${output}.part${index}.mp4`);
  const list = `${output}.list`;
  try {
    for (const [index, piece] of pieces.entries()) {
      await copy(piece, parts[index] ?? '');
    }
    const nameOf = (path: string) => path.slice(dirname(output).length + 1);
    await writeFile(list, `ffconcat version 1.0\n${parts.map((part) => `file ${nameOf(part)}\n`).join('')}`);
    await joinFiles(list, output, { folder, signal });
  } finally {
    await Promise.all([...parts, list].map((path) => rm(path, { force: true })));
  }
}

function renditionsOf(takes: readonly TakeIndex[]): Rendition[] {
  const byId = new Map(
    takes.flatMap((take) => [...take.renditions.values()].map(({ rendition }) => [rendition.id, rendition] as const)),
  );
  return [...byId.values()].filter(({ id }) =>
    takes.some(({ segments }) => segments.some((segment) => segment.renditionId === id)),
  );
}

/** The best sound, for a picture; `null` for a sound. */
function soundBeside(rendition: Rendition, takes: readonly TakeIndex[]): string | null {
  const sounds = renditionsOf(takes).filter(({ kind }) => kind === 'audio');
  return rendition.kind === 'audio' ? null : (sounds.sort((a, b) => b.bitrate - a.bitrate)[0]?.id ?? null);
}
