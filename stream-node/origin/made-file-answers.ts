import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenditionId } from '../contract/ladder';
import { posterPath, readMadeDownloads } from '../store/made-files';
import { readByteRange } from './byte-range';
import { attachment } from './content-disposition';
import type { Exchange } from './exchange';
import { openIfThere, sendFileBytes } from './file-bytes';
import type { PlayableStream } from './playable-stream';

/** `<rendition>/download.mp4` and `<rendition>/download.m4a`. `false` where it is not made (yet). */
export async function serveDownload(
  exchange: Exchange,
  stream: PlayableStream,
  renditionId: RenditionId,
  file: string,
): Promise<boolean> {
  const made = stream.madeFolder === undefined ? undefined : await readMadeDownloads(stream.madeFolder);
  const found = made?.files.find((each) => each.renditionId === renditionId && each.file === file);
  if (made === undefined || found === undefined || stream.madeFolder === undefined) {
    return false;
  }
  await using handle = await openIfThere(join(stream.madeFolder, found.storedAs));
  if (handle === undefined) {
    return false;
  }
  const label = found.kind === 'video' ? ` (${renditionId})` : '';
  await sendRange(exchange, handle, {
    'content-type': `${found.kind}/mp4`,
    'cache-control': `${stream.visibility}, no-cache`,
    etag: `"${found.storedAs}-${found.bytes}"`,
    'content-disposition': attachment(`${made.title}${label}`, file.split('.').at(-1) ?? 'mp4'),
  });
  return true;
}

/** `poster.jpg`. `false` where there is none. */
export async function servePoster(exchange: Exchange, stream: PlayableStream): Promise<boolean> {
  await using handle = stream.madeFolder === undefined ? undefined : await openIfThere(posterPath(stream.madeFolder));
  if (handle === undefined) {
    return false;
  }
  const { size, mtimeMs } = await handle.stat();
  await sendRange(exchange, handle, {
    'content-type': 'image/jpeg',
    'cache-control': `${stream.visibility}, max-age=300`,
    etag: `"${Math.round(mtimeMs).toString(36)}-${size}"`,
  });
  return true;
}

/** A file that does not change under its ETag, whole or in part (RFC 9110 13, 14). */
async function sendRange(
  exchange: Exchange,
  handle: FileHandle,
  headers: Record<string, string> & { etag: string },
): Promise<void> {
  const { size } = await handle.stat();
  const { range: rangeHeader, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = exchange.request.headers;
  if (ifNoneMatch === headers.etag) {
    exchange.send(304, headers);
    return;
  }
  const range = ifRange === undefined || ifRange === headers.etag ? readByteRange(rangeHeader, size) : undefined;
  if (range === 'unsatisfiable') {
    exchange.refuse('range_not_satisfiable', `range: the file has ${size} bytes`, {
      'content-range': `bytes */${size}`,
    });
    return;
  }
  await sendFileBytes(exchange, handle, range ?? { start: 0, end: size - 1 }, range ? 206 : 200, {
    ...headers,
    'accept-ranges': 'bytes',
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${size}` } : {}),
  });
}
