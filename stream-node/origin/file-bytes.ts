import { type FileHandle, open } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ByteRange } from './byte-range';
import type { Exchange } from './exchange';

/** What one download holds in memory. */
const readAheadBytes = 256 * 1024;

/** Answers with a stretch of a file; an empty one where `range` ends before it starts. */
export async function sendFileBytes(
  exchange: Exchange,
  handle: FileHandle,
  { start, end }: ByteRange,
  status: number,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  exchange.writeHead(status, { ...headers, 'content-length': end - start + 1 });
  if (exchange.isHead || end < start) {
    exchange.response.end();
    return;
  }
  const bytes = handle.createReadStream({ start, end, highWaterMark: readAheadBytes, autoClose: false });
  try {
    await pipeline(bytes, exchange.response);
  } catch (error) {
    // The head is out: all that can be said to a client that is still there is a broken connection.
    exchange.response.destroy();
    if (!exchange.hasLeft) {
      throw error;
    }
  } finally {
    exchange.countOut(bytes.bytesRead);
  }
}

/** `undefined` where the file is gone: a recording may be deleted between the look at its index and this. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
