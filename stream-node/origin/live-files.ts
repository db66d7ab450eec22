import { renditionPlaylist } from '../contract/media-urls';
import { targetDurationOf } from '../contract/profiles';
import { joinedTargetSeconds, nextJoinedEnd } from '../manifest/thin-playlist';
import type { RenditionSnapshot } from '../packager/media-types';
import { type Directives, decideReload, type Position, readDirectives } from './blocking-reload';
import type { Exchange } from './exchange';
import { openIfThere, sendFileBytes } from './file-bytes';
import type { PlayableStream, PlayableWindow } from './playable-stream';
import { sendPlaylist } from './playlist-body';
import { PrintedPlaylists } from './printed-playlists';
import { ReadyAnswer } from './ready-answer';
import { Remembered } from './remembered';
import { joinedBytes } from './stored-segments';
import type { Outcome, WaitingRoom } from './waiting-room';

type ReloadRequest = {
  readonly exchange: Exchange;
  readonly stream: PlayableStream;
  readonly window: PlayableWindow;
  readonly directives: Directives;
  /** how often it was held */
  readonly holds: number;
};

const noDirectives: Directives = { position: undefined, skip: false };

/** A reload that was released may have to wait once more: its part index lay past the end of the segment. */
const holdsMax = 2;
/** The first thin playlist comes with the first joined segment, and players give up on a playlist after ten seconds. */
const thinHoldMs = ({ cut }: RenditionSnapshot) => (joinedTargetSeconds(cut) + targetDurationOf(cut)) * 1000;
/** How long a request is held, in target durations (RFC 8216bis 6.2.5.2). */
const holdTargets = 3;

/** Serves what is in the live windows: media playlists, parts, segments and init sections. */
export class LiveFiles {
  readonly #printed = new PrintedPlaylists();
  readonly #ready = new WeakMap<object, { file: string; isPrivate: boolean; answer: ReadyAnswer }>();
  readonly #directives = new Remembered((query: string) => readDirectives(new URLSearchParams(query)));

  /** @param onError what answers a request that failed after it was held */
  constructor(
    private readonly waitingRoom: WaitingRoom,
    private readonly onError: (exchange: Exchange, error: unknown) => void,
  ) {}

  /** `<rendition>/media.m3u8`, by the rules of blocking reload (RFC 8216bis 6.2.5.2). Returns at once, answered or held. */
  playlist(exchange: Exchange, stream: PlayableStream, window: PlayableWindow): void {
    const directives = window.snapshot().ended ? noDirectives : this.#directives.read(exchange.queryText);
    if ('error' in directives) {
      exchange.refuse('bad_directive', directives.error);
    } else {
      this.#reload({ exchange, stream, window, directives, holds: 0 });
    }
  }

  #reload(request: ReloadRequest): void {
    const { exchange, stream, window, directives, holds } = request;
    const snapshot = window.snapshot();
    const reload = decideReload(snapshot, directives.position);
    if (reload.kind === 'bad') {
      exchange.refuse('bad_directive', reload.error);
    } else if (reload.kind === 'ready') {
      const newest = snapshot.segments.at(-1)?.parts.at(-1);
      sendPlaylist(exchange, this.#printed.body(stream, window, directives.skip ? 'delta' : 'full'), {
        caching: directives.position && !snapshot.ended ? 'awaited' : 'current',
        isPrivate: stream.visibility === 'private',
        publishedAtMs: newest && window.publishedAtMs?.(newest.uri),
      });
    } else if (holds === holdsMax) {
      refuseLate(exchange, 'late');
    } else {
      this.#whenHeld(request, reload.position);
    }
  }

  #whenHeld(request: ReloadRequest, position: Position): void {
    const { exchange, window } = request;
    const begin = (signal: AbortSignal) => window.waitFor(position, signal);
    const then = (outcome: Outcome) => {
      try {
        if (outcome === 'released') {
          this.#reload({ ...request, holds: request.holds + 1 });
        } else {
          refuseLate(exchange, outcome);
        }
      } catch (error) {
        this.onError(exchange, error);
      }
    };
    this.waitingRoom.whenHeld(window, keyOf(position), begin, exchange, then, holdMsOf(window));
  }

  /** `<rendition>/thin.m3u8`: plain HLS, so that only the first one is waited for. */
  async thinPlaylist(exchange: Exchange, stream: PlayableStream, window: PlayableWindow): Promise<void> {
    let body = this.#printed.thinBody(window);
    if (body === undefined) {
      const position = { mediaSequence: nextJoinedEnd(window.snapshot()) };
      const outcome = await this.#holdFor(window, position, exchange, thinHoldMs(window.snapshot()));
      body = this.#printed.thinBody(window);
      if (body === undefined) {
        refuseLate(exchange, outcome === 'released' ? 'late' : outcome);
        return;
      }
    }
    sendPlaylist(exchange, body, { caching: 'current', isPrivate: stream.visibility === 'private' });
  }

  /** A part, segment or init section that is in the memory, at once: most requests are for these. `false` for all else. */
  mediaNow(exchange: Exchange, stream: PlayableStream, window: PlayableWindow, file: string): boolean {
    const bytes = bytesOf(window, file);
    if (bytes !== undefined) {
      exchange.sendReady(this.#readyMedia(stream, window, file, bytes));
    }
    return bytes !== undefined;
  }

  /** A part, segment or init section; the hinted part and the next segment are waited for. `false` where the window has nothing by this name. */
  async media(exchange: Exchange, stream: PlayableStream, window: PlayableWindow, file: string): Promise<boolean> {
    let bytes = bytesOf(window, file);
    if (bytes === undefined) {
      const snapshot = window.snapshot();
      const { nextPart, ended, rendition } = snapshot;
      const mediaSequence = comingSegment(snapshot, file);
      if (ended || (nextPart.uri !== file && mediaSequence === undefined)) {
        return await this.#older(exchange, stream, window, file);
      }
      const wait = (signal: AbortSignal) =>
        mediaSequence === undefined ? window.waitForUri(file, signal) : window.waitFor({ mediaSequence }, signal);
      const outcome = await this.waitingRoom.hold(window, file, wait, exchange, holdMsOf(window));
      bytes = bytesOf(window, file);
      if (bytes === undefined && outcome === 'released') {
        exchange.refuse('not_found', `no part of ${rendition.id} by this name will come`);
        return true;
      }
      if (bytes === undefined) {
        refuseLate(exchange, outcome);
        return true;
      }
    }
    exchange.sendReady(this.#readyMedia(stream, window, file, bytes));
    return true;
  }

  /** Bytes in the memory with their head, put together for the first who asks. */
  #readyMedia(
    stream: PlayableStream,
    window: PlayableWindow,
    file: string,
    bytes: Buffer | readonly Buffer[],
  ): ReadyAnswer {
    const isPrivate = stream.visibility === 'private';
    let ready = this.#ready.get(bytes);
    // One buffer may have two names: a segment of one part, where that is small.
    if (ready?.file !== file || ready.isPrivate !== isPrivate) {
      const publishedAtMs = window.publishedAtMs?.(file);
      const headers = mediaHeaders(stream, window);
      if (publishedAtMs !== undefined) {
        headers['x-part-published-ms'] = String(publishedAtMs);
      }
      const answer = new ReadyAnswer(headers, bytes);
      ready = { file, isPrivate, answer };
      this.#ready.set(bytes, ready);
    }
    return ready.answer;
  }

  /** What is made of several segments, and what has left the memory for the disk. */
  async #older(exchange: Exchange, stream: PlayableStream, window: PlayableWindow, file: string): Promise<boolean> {
    const joined = await joinedBytes(window, file);
    if (joined !== undefined) {
      exchange.send(200, mediaHeaders(stream, window), joined);
      return true;
    }
    const stored = window.storedSegment(file);
    await using handle = stored && (await openIfThere(stored.path));
    if (stored === undefined || handle === undefined) {
      return false;
    }
    const range = { start: stored.offset, end: stored.offset + stored.byteLength - 1 };
    await sendFileBytes(exchange, handle, range, 200, mediaHeaders(stream, window));
    return true;
  }

  #holdFor(window: PlayableWindow, position: Position, exchange: Exchange, holdMaxMs: number): Promise<Outcome> {
    const begin = (signal: AbortSignal) => window.waitFor(position, signal);
    return this.waitingRoom.hold(window, keyOf(position), begin, exchange, holdMaxMs);
  }
}

/** Names are never used twice, so what they name never changes. Kept for as long as the longest DVR window. */
export function mediaCaching(stream: PlayableStream): string {
  return `${stream.visibility}, max-age=14400, immutable`;
}

/** True for the name of a rendition's live playlist. */
export function isLivePlaylist(file: string): boolean {
  return file === renditionPlaylist;
}

function bytesOf(window: PlayableWindow, file: string): Buffer | readonly Buffer[] | undefined {
  return window.partBytes(file) ?? window.segmentPieces(file) ?? window.initBytes(file);
}

/**
 * The media sequence of the segment of this name, where it is the one being published or the one after it. Players that
 * count names up (DASH's `$Number$`) ask for it early, and some skip on from a 404.
 */
function comingSegment({ segments, nextPart }: RenditionSnapshot, file: string): number | undefined {
  const last = segments.at(-1);
  if (last?.uri === file && !last.closed) {
    return last.mediaSequence;
  }
  const isNext = nextPart.partIndex === 0 && nextPart.segmentUri === file;
  return isNext ? nextPart.mediaSequence : undefined;
}

function keyOf({ mediaSequence, partIndex }: Position): string {
  return `${mediaSequence}.${partIndex ?? ''}`;
}

function mediaHeaders(stream: PlayableStream, window: PlayableWindow): Record<string, string> {
  return { 'content-type': `${window.snapshot().rendition.kind}/mp4`, 'cache-control': mediaCaching(stream) };
}

function refuseLate(exchange: Exchange, outcome: Outcome): void {
  if (outcome === 'late') {
    exchange.refuse('not_in_time', 'nothing was published within three target durations', { 'retry-after': '1' });
  }
}

/** `undefined` for a stream that is cut as usual: as long as the waiting room holds. */
function holdMsOf(window: PlayableWindow): number | undefined {
  const { targetDurationSeconds } = window.snapshot().cut;
  return targetDurationSeconds === undefined ? undefined : holdTargets * targetDurationSeconds * 1000;
}
