import { join } from 'node:path';
import { StreamId, TakeId } from '../contract/ids';
import { RenditionId } from '../contract/ladder';

/** The index of a take, beside its media files. */
export const indexFileName = 'index.jsonl';

/**
 * Where recordings lie: `<recordings>/<stream>/<take>/`. Every name is checked against its schema before it becomes part of
 * a path, so nothing outside the folder can be named.
 *
 * @throws ZodError for a name that is not an id
 */
export function streamFolder(recordingsFolder: string, streamId: string): string {
  return join(recordingsFolder, StreamId.parse(streamId));
}

export function takeFolder(recordingsFolder: string, streamId: string, takeId: string): string {
  return join(streamFolder(recordingsFolder, streamId), TakeId.parse(takeId));
}

/** The media of one rendition of a take: its init section, then its segments. */
export function renditionFileName(renditionId: string): string {
  return `${RenditionId.parse(renditionId)}.mp4`;
}
