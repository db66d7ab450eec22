import { open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const fileName = /^([A-Za-z0-9_-]+)(?:\.(\d+))?\.journal$/;

function journalFolder(dataDirectory: string, streamId: string): string {
  return join(dataDirectory, 'journals', streamId);
}

/** The first file of a session's journal; {@link continuationPath} names those after it. */
export function journalPath(dataDirectory: string, streamId: string, recorderSession: string): string {
  return join(journalFolder(dataDirectory, streamId), `${recorderSession}.journal`);
}

/** @param firstPath of the journal; `number` counts from 1 */
export function continuationPath(firstPath: string, number: number): string {
  return firstPath.replace(/\.journal$/, `.${number}.journal`);
}

/** The recorder sessions of which there are journals, each once. */
export async function journaledSessions(dataDirectory: string, streamId: string): Promise<string[]> {
  const names = await readdir(journalFolder(dataDirectory, streamId)).catch(() => []);
  return [...new Set(names.flatMap((name) => fileName.exec(name)?.[1] ?? []))];
}

/** Which continuations of a journal are there, in order. @throws Error of the file system */
export async function continuationNumbers(firstPath: string): Promise<number[]> {
  const session = fileName.exec(basename(firstPath))?.[1];
  const found = (await readdir(dirname(firstPath))).map((name) => fileName.exec(name));
  const own = found.filter((match) => match?.[1] === session && match?.[2] !== undefined);
  return own.map((match) => Number(match?.[2])).sort((a, b) => a - b);
}

/** Removes these continuations, the oldest first, so that what a crash leaves of them is never older than what is gone. */
export async function removeContinuations(firstPath: string, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    await rm(continuationPath(firstPath, number), { force: true });
  }
}

/** After this a file that was made is found again, whatever happens to the machine. @throws Error of the file system */
export async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
