import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { type DownloadsWork, lentFileUrl } from '../contract/jobs';
import { indexFileName, renditionFileName } from '../store/recording-paths';
import type { TakeIndex } from '../store/take-index';
import { readTake } from '../store/take-reader';

/** A node that is there answers at once; how long a file then takes is its own matter. */
const answerTimeoutMs = 10_000;

export type Borrowing = {
  work: Pick<DownloadsWork, 'streamId' | 'elsewhere'>;
  /** where the takes are put, each in a folder named by its id */
  folder: string;
  nodeSecret: string;
  signal: AbortSignal;
};

/**
 * Copies the takes of a recording that lie on other nodes, whole, into a folder.
 *
 * @throws Error when one of these nodes cannot be reached, or gives less than it said: another attempt may help
 */
export async function borrowTakes({ work, folder, nodeSecret, signal }: Borrowing): Promise<TakeIndex[]> {
  const takes: TakeIndex[] = [];
  for (const { nodeUrl, takeIds } of work.elsewhere ?? []) {
    for (const takeId of takeIds) {
      const takeFolder = join(folder, takeId);
      await mkdir(takeFolder, { recursive: true, mode: 0o700 });
      const fetchFile = async (name: string) => {
        const url = lentFileUrl(nodeUrl, work.streamId, takeId, name);
        await fetchTo(url, join(takeFolder, name), { takeId, nodeSecret, signal });
      };
      await fetchFile(indexFileName);
      const listed = await readTake(takeFolder);
      for (const id of listed.renditions.keys()) {
        await fetchFile(renditionFileName(id));
      }
      takes.push(await readTake(takeFolder));
    }
  }
  return takes;
}

async function fetchTo(
  url: string,
  path: string,
  { takeId, nodeSecret, signal }: { takeId: string; nodeSecret: string; signal: AbortSignal },
): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), answerTimeoutMs);
  try {
    const headers = { authorization: `Bearer ${nodeSecret}` };
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.any([signal, late.signal]) });
    clearTimeout(timer);
    if (!answer.ok || answer.body === null) {
      await answer.body?.cancel();
      throw new Error(`it answered ${answer.status}`);
    }
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(path, { mode: 0o600 }), {
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the take ${takeId} could not be fetched from the node that has it: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
