import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StreamId, TakeId } from '../contract/ids';
import { RenditionId } from '../contract/ladder';
import { indexFileName, takeFolder } from '../store/recording-paths';

/**
 * Gives a file of a take, as it lies on the disk, to another node that borrows it (`contract/jobs.ts`); 404 for any other name
 * and for a file that is not here. Whoever asks was let in before.
 *
 * @param path `<stream id>/<take id>/<file>`
 */
export async function lendTake(recordingsFolder: string, path: string, response: ServerResponse): Promise<void> {
  const file = lentFile(recordingsFolder, path);
  const found = file === null ? null : await stat(file).catch(() => null);
  if (file === null || found === null || !found.isFile()) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"path: no such file of a take"}');
    return;
  }
  const end = found.size - 1;
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': found.size });
  if (end < 0) {
    response.end();
    return;
  }
  // Whoever hangs up has what it wanted, or comes again: it says so itself.
  await pipeline(createReadStream(file, { end }), response).catch(() => undefined);
}

function lentFile(recordingsFolder: string, path: string): string | null {
  const [streamId, takeId, name = '', ...more] = path.split('/');
  const isKnown = name === indexFileName || (name.endsWith('.mp4') && RenditionId.safeParse(name.slice(0, -4)).success);
  const isTake = StreamId.safeParse(streamId).success && TakeId.safeParse(takeId).success;
  return isTake && isKnown && more.length === 0
    ? join(takeFolder(recordingsFolder, streamId ?? '', takeId ?? ''), name)
    : null;
}
