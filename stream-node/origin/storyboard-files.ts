import { join } from 'node:path';
import { mediaFiles } from '../contract/media-urls';
import { storyboardVtt } from '../manifest/storyboard-vtt';
import { readStoryboard } from '../store/storyboard-store';
import type { Exchange } from './exchange';
import { openIfThere, sendFileBytes } from './file-bytes';
import { mediaCaching } from './live-files';
import type { PlayableStream } from './playable-stream';
import { PlaylistBody, sendPlaylist } from './playlist-body';

const sheetName = /^storyboard-[A-Za-z0-9_-]{1,80}\.jpg$/;

/** `storyboard.vtt` and its sheets. `false` for another name, and where there is none. */
export async function serveStoryboard(exchange: Exchange, stream: PlayableStream, file: string): Promise<boolean> {
  const folder = stream.storyboardFolder;
  if (folder === undefined) {
    return false;
  }
  if (file === mediaFiles.storyboard) {
    const index = await readStoryboard(folder);
    if (index === undefined) {
      return false;
    }
    const body = new PlaylistBody(storyboardVtt(index), 'text/vtt; charset=utf-8');
    sendPlaylist(exchange, body, { caching: 'current', isPrivate: stream.visibility === 'private' });
    return true;
  }
  if (!sheetName.test(file)) {
    return false;
  }
  await using handle = await openIfThere(join(folder, file));
  if (handle === undefined) {
    return false;
  }
  const { size } = await handle.stat();
  const headers = { 'content-type': 'image/jpeg', 'cache-control': mediaCaching(stream) };
  await sendFileBytes(exchange, handle, { start: 0, end: size - 1 }, 200, headers);
  return true;
}
