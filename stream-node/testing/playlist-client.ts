import type { FetchedPlaylist } from './hls-validator';
import { type ListedPlaylist, readListedPlaylist } from './listed-playlist';

/** Waiting for what does not come yet (an interruption, a stream that has not begun): asked again after this long. */
const retryMs = 100;

/**
 * A low-latency client of one live media playlist: blocking reloads, each for the very next part (RFC 8216bis 6.2.5.2), until
 * the stream ends. It keeps every version that it is given.
 */
export class PlaylistClient {
  readonly versions: FetchedPlaylist[] = [];
  /** settles once the playlist has ended, or the client was stopped */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();

  /** @param form `delta`: every playlist but the first is asked for as a delta update */
  constructor(
    private readonly url: string,
    private readonly form: 'full' | 'delta',
  ) {
    this.ended = this.#follow();
  }

  stop(): void {
    this.#stop.abort();
  }

  async #follow(): Promise<void> {
    let newest: ListedPlaylist | undefined;
    while (!this.#stop.signal.aborted && newest?.ended !== true) {
      const text = await this.#fetch(newest === undefined ? '' : `?${this.#directives(newest)}`);
      if (text === null) {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
        continue;
      }
      newest = readListedPlaylist(text);
      if (text !== this.versions.at(-1)?.text) {
        this.versions.push({ text, fetchedAtMs: Date.now() });
      }
    }
  }

  /** `null`: nothing to be had now; a hold that was too long (503), say. */
  async #fetch(query: string): Promise<string | null> {
    try {
      const response = await fetch(this.url + query, { signal: this.#stop.signal });
      const text = await response.text();
      return response.ok ? text : null;
    } catch (error) {
      if (this.#stop.signal.aborted) {
        return null;
      }
      throw error;
    }
  }

  #directives(playlist: ListedPlaylist): string {
    const skip = this.form === 'delta' ? '&_HLS_skip=YES' : '';
    const { mediaSequence, partIndex } = nextPart(playlist);
    return `_HLS_msn=${mediaSequence}&_HLS_part=${partIndex}${skip}`;
  }
}

function nextPart({ segments, mediaSequence }: ListedPlaylist): { mediaSequence: number; partIndex: number } {
  const last = segments.at(-1);
  if (last === undefined) {
    return { mediaSequence, partIndex: 0 };
  }
  return last.uri === undefined
    ? { mediaSequence: last.mediaSequence, partIndex: last.parts.length }
    : { mediaSequence: last.mediaSequence + 1, partIndex: 0 };
}
