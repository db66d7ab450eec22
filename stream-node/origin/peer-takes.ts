import type { Clock } from '../clock';
import { mediaFiles, mediaPath } from '../contract/media-urls';
import type { TakeIndex } from '../store/take-index';
import type { PlayableStream } from './playable-stream';
import { readTakeListing } from './take-listing';

/** A take that another node holds. */
export type PeerTake = { readonly take: TakeIndex /** public URL of that node */; readonly nodeUrl: string };

type Known = { askedAtMs: number; etag: string | null; takes: readonly TakeIndex[]; asking: Promise<void> | undefined };

/** A listener waits for an answer; a node that is away must not keep them from what is here. */
const answerTimeoutMs = 1000;
/** As long as a CDN keeps the playlist of a recording that may grow, and then some. */
const freshMs = 2000;
/** The listing of a recording of a day, in characters. */
const listingLengthMax = 64 * 1024 * 1024;
const knownMax = 256;

/**
 * What other nodes hold of a stream that was theirs once. They are asked when somebody plays the recording, with that player's
 * own grant. One that does not answer has nothing for now: its takes join the recording once it is back.
 */
export class PeerTakes {
  /** by node and stream, the one asked for last at the end */
  readonly #known = new Map<string, Known>();

  constructor(private readonly clock: Clock) {}

  async of(stream: PlayableStream, grant: string | undefined): Promise<readonly PeerTake[]> {
    const found = await Promise.all(
      (stream.peers ?? []).map(async (nodeUrl) => {
        const takes = await this.#ask(nodeUrl, stream.streamId, grant);
        return takes.map((take) => ({ take, nodeUrl }));
      }),
    );
    return found.flat();
  }

  async #ask(nodeUrl: string, streamId: string, grant: string | undefined): Promise<readonly TakeIndex[]> {
    const known = this.#remember(`${nodeUrl} ${streamId}`);
    if (this.clock.nowMs() - known.askedAtMs > freshMs) {
      known.asking ??= this.#fetch(`${nodeUrl}${mediaPath(streamId, mediaFiles.takes, grant)}`, known).finally(() => {
        known.askedAtMs = this.clock.nowMs();
        known.asking = undefined;
      });
    }
    await known.asking;
    return known.takes;
  }

  async #fetch(url: string, known: Known): Promise<void> {
    try {
      const response = await fetch(url, {
        headers: known.etag === null ? {} : { 'if-none-match': known.etag },
        redirect: 'error',
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      if (response.status === 304) {
        await response.body?.cancel();
        return;
      }
      const isListing = response.ok && Number(response.headers.get('content-length') ?? 0) <= listingLengthMax;
      if (!isListing) {
        await response.body?.cancel();
        throw new Error(`the node answered ${response.status}`);
      }
      known.takes = readTakeListing(await response.text());
      known.etag = response.headers.get('etag');
    } catch {
      // Away, or not a listing: nothing of it can be played now.
      known.takes = [];
      known.etag = null;
    }
  }

  #remember(key: string): Known {
    const known = this.#known.get(key) ?? {
      ...{ askedAtMs: Number.NEGATIVE_INFINITY, etag: null, takes: [], asking: undefined },
    };
    this.#known.delete(key);
    this.#known.set(key, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > knownMax && oldest !== undefined) {
      this.#known.delete(oldest);
    }
    return known;
  }
}
