import { AppError } from '../errors';
import type { HttpAnswer, Route } from '../http/route';
import { drawShareImage } from './draw-share-image';
import { findSharedEvent, findSharedStream, type ShareDeps } from './find-shared';
import { eventPicture, pictureVersion, type SharePicture, streamPicture } from './share-picture';

/** Pictures kept in memory; at some 80 KB each. */
const keptMax = 200;

/** Pictures by version. Equal requests at the same time are drawn once. */
class KeptPictures {
  readonly #pictures = new Map<string, Promise<Buffer>>();

  get(version: string, picture: SharePicture): Promise<Buffer> {
    const kept = this.#pictures.get(version);
    if (kept !== undefined) {
      return kept;
    }
    const drawing = drawShareImage(picture);
    this.#pictures.set(version, drawing);
    drawing.catch(() => this.#pictures.delete(version));
    for (const oldest of this.#pictures.keys()) {
      if (this.#pictures.size <= keptMax) {
        break;
      }
      this.#pictures.delete(oldest);
    }
    return drawing;
  }
}

const fileName = /^([A-Za-z0-9_-]{9,64})\.jpg$/;

/** `GET /share/stream/:id.jpg` and `/share/event/:id.jpg`: the pictures that links unfurl with. */
export function shareImageRoutes(deps: ShareDeps): Route[] {
  const pictures = new KeptPictures();

  const answer = async (picture: SharePicture, wanted: string | null, ifNoneMatch: string | undefined) => {
    const version = pictureVersion(picture);
    const etag = `"${version}"`;
    const headers: Record<string, string> = {
      etag,
      // An address with another version, or none, shows what is true now, and not for long.
      'cache-control': wanted === version ? 'public, max-age=31536000, immutable' : 'public, max-age=60',
      'content-type': 'image/jpeg',
      'cross-origin-resource-policy': 'cross-origin',
    };
    if (ifNoneMatch === etag) {
      return { status: 304, headers } satisfies HttpAnswer;
    }
    return { status: 200, headers, body: await pictures.get(version, picture) } satisfies HttpAnswer;
  };

  const route = (path: string, find: (id: string) => Promise<SharePicture>): Route => ({
    method: 'GET',
    path,
    handle: async ({ params, url, headers }) => {
      const [, id] = fileName.exec(params.file ?? '') ?? [];
      if (id === undefined) {
        throw new AppError('not_found', 'There is no such picture');
      }
      return await answer(await find(id), url.searchParams.get('v'), headers['if-none-match']);
    },
  });

  return [
    route('/share/stream/:file', async (id) => {
      const { stream, event } = await findSharedStream(deps, id);
      return streamPicture(stream, event);
    }),
    route('/share/event/:file', async (id) => {
      const { event, onAir } = await findSharedEvent(deps, id);
      return eventPicture(event, onAir, new Date());
    }),
  ];
}
