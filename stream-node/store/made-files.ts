import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DownloadFile } from '../contract/jobs';
import { streamFolder } from './recording-paths';

/** No take has such a name: ids are longer. */
const folderName = 'files';
/** Takes of other nodes, while something is made of them. */
const borrowedName = 'borrowed';
/** The same, in the folder of the stream. */
export const borrowedFolder = `${folderName}/${borrowedName}`;
const listName = 'downloads.json';
const posterName = 'poster.jpg';

/** What was made of a recording for people to download, and of which version of it. */
export const MadeDownloads = z.object({
  version: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** what a browser saves the files as begins so */
  title: z.string(),
  files: z.array(DownloadFile.extend({ storedAs: z.string().regex(/^[A-Za-z0-9_-]{1,100}\.(?:mp4|m4a)$/) })),
});
export type MadeDownloads = z.infer<typeof MadeDownloads>;

/** Where the files that are made of a recording lie: beside its takes, so that they go with it. */
export function madeFilesFolder(recordingsFolder: string, streamId: string): string {
  return join(streamFolder(recordingsFolder, streamId), folderName);
}

export async function openMadeFilesFolder(recordingsFolder: string, streamId: string): Promise<string> {
  const folder = madeFilesFolder(recordingsFolder, streamId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** `undefined` where nothing was made yet, or by a version of ours that wrote it otherwise. */
export async function readMadeDownloads(folder: string): Promise<MadeDownloads | undefined> {
  try {
    return MadeDownloads.parse(JSON.parse(await readFile(join(folder, listName), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The files lie in the folder; from now on they are what is downloaded, and those of earlier versions are gone. */
export async function publishMadeDownloads(folder: string, made: MadeDownloads): Promise<void> {
  await replaceFile(folder, listName, Buffer.from(JSON.stringify(made)));
  const kept = new Set([listName, posterName, ...made.files.map(({ storedAs }) => storedAs)]);
  const stale = (await readdir(folder)).filter((name) => !kept.has(name));
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

export function posterPath(folder: string): string {
  return join(folder, posterName);
}

export async function publishPoster(folder: string, jpeg: Buffer): Promise<void> {
  await replaceFile(folder, posterName, jpeg);
}

/** Written whole under another name first, so that nobody is ever shown half of it. */
async function replaceFile(folder: string, name: string, bytes: Buffer): Promise<void> {
  const half = join(folder, `${name}.half`);
  const file = await open(half, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(half, join(folder, name));
}
