import { type MediaPath, parseMediaPath } from '../contract/media-urls';

/** Of private streams each viewer has paths of their own: what is remembered stays small, and is forgotten all at once. */
const rememberedMax = 1000;
const rememberedLengthMax = 256;

/** Reads the paths of requests, each once: of a crowd all ask for the same few within the same milliseconds. */
export class KnownPaths {
  readonly #known = new Map<string, MediaPath | null>();

  /** `null` for what is no media path, as `parseMediaPath` says. @param url of a request: a path, with its query */
  read(url: string): MediaPath | null {
    const queryAt = url.indexOf('?');
    const pathname = queryAt < 0 ? url : url.slice(0, queryAt);
    const known = this.#known.get(pathname);
    if (known !== undefined) {
      return known;
    }
    const path = parseMediaPath(pathname);
    if (pathname.length <= rememberedLengthMax) {
      if (this.#known.size >= rememberedMax) {
        this.#known.clear();
      }
      this.#known.set(pathname, path);
    }
    return path;
  }
}
