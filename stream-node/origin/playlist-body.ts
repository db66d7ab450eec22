import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Exchange } from './exchange';
import { ReadyAnswer } from './ready-answer';

/** The media types of what the manifest room prints (RFC 8216bis 4; ISO/IEC 23009-1, Annex C). */
export const manifestTypes = { hls: 'application/vnd.apple.mpegurl', dash: 'application/dash+xml' } as const;

/** One version of a playlist, shared by all who get it: encoded, compressed and hashed at most once. */
export class PlaylistBody {
  readonly plain: Buffer;
  #gzipped: Buffer | undefined;
  #etag: string | undefined;
  readonly #ready: { sending: Sending; gzip: boolean; answer: ReadyAnswer }[] = [];

  constructor(
    text: string,
    readonly contentType: string = manifestTypes.hls,
  ) {
    this.plain = Buffer.from(text);
  }

  get gzipped(): Buffer {
    this.#gzipped ??= gzipSync(this.plain);
    return this.#gzipped;
  }

  /** Of the content, so that no restart can confuse it; weak, for it names both encodings. */
  get etag(): string {
    this.#etag ??= `W/"${createHash('sha256').update(this.plain).digest('base64url').slice(0, 16)}"`;
    return this.#etag;
  }

  headers({ caching, isPrivate, publishedAtMs }: Sending): Record<string, string> {
    return {
      'content-type': this.contentType,
      'cache-control': isPrivate ? 'private, no-cache' : playlistCaching[caching],
      vary: 'Accept-Encoding',
      ...(caching === 'awaited' ? {} : { etag: this.etag }),
      ...(publishedAtMs === undefined ? {} : { 'x-part-published-ms': String(publishedAtMs) }),
    };
  }

  /** The whole answer, for all who ask alike. */
  ready(sending: Sending, gzip: boolean): ReadyAnswer {
    const known = this.#ready.find((one) => one.gzip === gzip && isAlike(one.sending, sending));
    if (known !== undefined) {
      return known.answer;
    }
    const headers = this.headers(sending);
    const answer = gzip
      ? new ReadyAnswer({ ...headers, 'content-encoding': 'gzip' }, this.gzipped)
      : new ReadyAnswer(headers, this.plain);
    this.#ready.push({ sending, gzip, answer });
    return answer;
  }
}

/**
 * How long caches keep a playlist. All but `awaited` must be asked for again by browsers; `s-maxage` is for a CDN, which
 * folds many viewers' requests into one.
 */
export const playlistCaching = {
  /** asked for without waiting: half a target duration in a CDN */
  current: 'public, max-age=0, s-maxage=1, must-revalidate',
  /** the answer to a blocking reload: its URL names what it has to contain, so it stays right for six target durations */
  awaited: 'public, max-age=12',
  /** a recording that will not grow any more */
  complete: 'public, max-age=0, s-maxage=60, must-revalidate',
} as const;

type Sending = { caching: keyof typeof playlistCaching; isPrivate: boolean; publishedAtMs?: number | undefined };

function isAlike(one: Sending, other: Sending): boolean {
  return (
    one.caching === other.caching && one.isPrivate === other.isPrivate && one.publishedAtMs === other.publishedAtMs
  );
}

/** Sends a playlist, gzipped where the client takes it; 304 where a client that may revalidate has this version. */
export function sendPlaylist(exchange: Exchange, body: PlaylistBody, sending: Sending): void {
  if (sending.caching !== 'awaited' && exchange.request.headers['if-none-match'] === body.etag) {
    exchange.send(304, body.headers(sending));
  } else {
    exchange.sendReady(body.ready(sending, exchange.acceptsGzip));
  }
}
