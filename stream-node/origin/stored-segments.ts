import { membersOf } from '../manifest/thin-playlist';
import type { StoredSegment } from '../packager/media-types';
import { openIfThere } from './file-bytes';
import type { PlayableWindow } from './playable-stream';

/**
 * The bytes of a joined segment (thin-data mode), some of which only the disk may have; `undefined` for any other name, and
 * where one of its segments is not there. Its name says which they are, so the bytes behind it never change.
 */
export async function joinedBytes(window: PlayableWindow, file: string): Promise<Buffer | undefined> {
  const members = membersOf(file);
  if (members === undefined) {
    return undefined;
  }
  const found = await Promise.all(
    members.map(async (uri) => window.segmentBytes(uri) ?? (await readStored(window.storedSegment(uri)))),
  );
  return found.every((bytes) => bytes !== undefined) ? Buffer.concat(found) : undefined;
}

async function readStored(stored: StoredSegment | undefined): Promise<Buffer | undefined> {
  await using handle = stored && (await openIfThere(stored.path));
  if (stored === undefined || handle === undefined) {
    return undefined;
  }
  const bytes = Buffer.allocUnsafe(stored.byteLength);
  const { bytesRead } = await handle.read(bytes, 0, stored.byteLength, stored.offset);
  return bytesRead === stored.byteLength ? bytes : undefined;
}
