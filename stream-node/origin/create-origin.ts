import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock';
import type { GrantPublicKey } from '../contract/grants';
import { type MediaPath, parseMediaPath } from '../contract/media-urls';
import { targetDurationSeconds } from '../contract/profiles';
import { type BytesOut, Exchange } from './exchange';
import { ForeignViewers } from './foreign-viewers';
import { isLivePlaylist, LiveFiles } from './live-files';
import { LiveMpd } from './live-mpd';
import { LiveMultivariant } from './live-multivariant';
import { PeerTakes } from './peer-takes';
import { PieceFiles } from './piece-files';
import type { PlayableStream, PlayableStreams } from './playable-stream';
import { PlaybackAccess } from './playback-access';
import { RecordingFiles } from './recording-files';
import { Remembered } from './remembered';
import { StreamFiles } from './stream-files';
import { WaitingRoom } from './waiting-room';

export type OriginOptions = {
  streams: PlayableStreams;
  clock: Clock;
  /** the key that play grants are checked with; `undefined` until the web has been heard of */
  publicKey: () => GrantPublicKey | undefined;
  isRevoked: (grantId: string) => boolean;
  /** origins of our own pages, whose players are counted by presence */
  webOrigins: () => readonly string[];
  onError: (error: unknown, failed: { request: IncomingMessage; streamId: string | undefined }) => void;
  /** of this node, for playlists that name their segments by absolute URLs; absent: the node's root alone is named */
  publicUrl?: () => string;
  /** how long a blocked request is held; three target durations unless a test says otherwise (RFC 8216bis 6.2.5.2) */
  holdMaxMs?: number;
};

export type Origin = {
  /** Answers a request below `/stream/`, now or later; `false`, and untouched, for any other path. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Bytes of bodies sent for the stream since the process started. */
  bytesOut(streamId: string): number;
  /** Players that are not ours and watch the stream now. */
  foreignViewers(streamId: string): number;
  /** Requests held now. */
  waiting(): number;
  /** Drops the figures of a stream that has left this node. */
  forget(streamId: string): void;
};

const mountPath = '/stream/';
/** So many answers are released in one turn of the event loop (a thousand at once take 20 ms to write). */
const releasedPerTurnMax = 500;

const preflightHeaders = {
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
};

/**
 * The origin: live windows and recordings over HTTP. What it answers to what it cannot serve, as `{"code", "message"}`:
 *
 * | request | answer |
 * |---|---|
 * | a path below `/stream/` that is no media path: `..`, `%2e`, `%2f`, backslash, `//`, more than 128 characters in a name | 404 `not_found`, no file touched (raw control characters and NUL: 400 by Node's parser; a line above 16 kB: 431) |
 * | a stream that is not on this node, or has left it | 421 `stream_not_here`, with `url` and `location` at the right node where it is known |
 * | a file of a take that another node holds | 302 to that node |
 * | a method other than GET, HEAD, OPTIONS, whatever its body | 405 `method_not_allowed`, the body is not kept |
 * | a private stream without a grant, or with a malformed, forged or expired one | 401 `grant_missing`, `grant_malformed`, `grant_bad_signature`, `grant_expired` |
 * | a private stream with a good grant for something else | 403 `grant_wrong_stream`, `grant_wrong_action`, `grant_old_epoch`, `grant_revoked` |
 * | a private stream before the node has the key | 503 `key_unknown` |
 * | a stream that has published and recorded nothing | 404 `not_started`, retry after 1 s |
 * | a rendition or file that does not exist, a part that is not the hinted one, a segment later than the one that comes next | 404 `not_found` at once |
 * | `_HLS_part` without `_HLS_msn`, either of them negative, empty, repeated or not a number | 400 `bad_directive` |
 * | `_HLS_msn` more than 2 ahead, `_HLS_part` more than ⌈3 / PART-TARGET⌉ ahead | 400 `bad_directive` |
 * | `_HLS_msn` in the past | 200, the whole current playlist |
 * | any directive once the stream has ended; `_HLS_skip` with an unknown value | ignored |
 * | a blocked request for which nothing is published (an interruption) | 503 `not_in_time` after three target durations |
 * | `Range` outside a recorded file | 416 `range_not_satisfiable`; a malformed or multiple range is ignored: 200 |
 */
export function createOrigin(options: OriginOptions): Origin {
  const waitingRoom = new WaitingRoom({
    holdMaxMs: options.holdMaxMs ?? 3 * targetDurationSeconds * 1000,
    sliceMax: releasedPerTurnMax,
  });
  const paths = new Remembered(parseMediaPath);
  const access = new PlaybackAccess(options);
  const viewers = new ForeignViewers(options);
  const live = new LiveFiles(waitingRoom, failed);
  const files = new StreamFiles({
    ...{ live, viewers, liveMultivariant: new LiveMultivariant(waitingRoom) },
    liveMpd: new LiveMpd(waitingRoom, options.clock),
    pieces: new PieceFiles(options.publicUrl ?? (() => '')),
    recordings: new RecordingFiles(new PeerTakes(options.clock)),
  });
  const bytesOut = new Map<string, BytesOut>();

  function failed(exchange: Exchange, error: unknown): void {
    options.onError(error, { request: exchange.request, streamId: exchange.streamId });
    exchange.refuse('internal', 'the node failed to answer');
  }

  function serve(exchange: Exchange, url: string): void {
    const { method } = exchange.request;
    if (method === 'OPTIONS') {
      exchange.send(204, preflightHeaders);
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      exchange.request.resume();
      exchange.refuse('method_not_allowed', 'method: only GET, HEAD and OPTIONS', {
        allow: 'GET, HEAD, OPTIONS',
        connection: 'close',
      });
      return;
    }
    const queryAt = url.indexOf('?');
    const path = paths.read(queryAt < 0 ? url : url.slice(0, queryAt));
    if (path === null) {
      exchange.refuse('not_found', 'path: not a media path');
      return;
    }
    const stream = options.streams.find(path.streamId);
    if (stream === undefined) {
      exchange.refuseElsewhere(options.streams.home?.(path.streamId));
      return;
    }
    exchange.grant = path.grant;
    exchange.streamId = stream.streamId;
    exchange.bytesOut = bytesOutOf(stream);
    if (access.isKnown(stream, path.grant)) {
      play(exchange, stream, path);
    } else {
      checkAndPlay(exchange, stream, path).catch((error) => failed(exchange, error));
    }
  }

  async function checkAndPlay(exchange: Exchange, stream: PlayableStream, path: MediaPath): Promise<void> {
    const refusal = await access.refusal(stream, path.grant);
    if (refusal === undefined) {
      play(exchange, stream, path);
    } else {
      exchange.refuse(refusal, refusal === 'key_unknown' ? 'grants cannot be checked yet' : 'the grant is refused');
    }
  }

  /** What a crowd asks for, parts and their playlists, is answered or held within this turn, without a promise for each. */
  function play(exchange: Exchange, stream: PlayableStream, path: MediaPath): void {
    const window = path.rendition === undefined ? undefined : stream.window(path.rendition);
    if (window !== undefined && isLivePlaylist(path.file)) {
      viewers.see(stream.streamId, exchange.request);
      live.playlist(exchange, stream, window);
    } else if (window === undefined || !live.mediaNow(exchange, stream, window, path.file)) {
      serveFile(exchange, stream, path).catch((error) => failed(exchange, error));
    }
  }

  function bytesOutOf({ streamId }: PlayableStream): BytesOut {
    const counted = bytesOut.get(streamId) ?? { bytes: 0 };
    bytesOut.set(streamId, counted);
    return counted;
  }

  async function serveFile(exchange: Exchange, stream: PlayableStream, path: MediaPath): Promise<void> {
    if (!(await files.serve(exchange, stream, path))) {
      exchange.refuse('not_found', 'the stream has no such file');
    }
  }

  return {
    handle(request, response) {
      const { url } = request;
      if (!url?.startsWith(mountPath)) {
        return false;
      }
      const exchange = new Exchange(request, response);
      try {
        serve(exchange, url);
      } catch (error) {
        failed(exchange, error);
      }
      return true;
    },
    bytesOut: (streamId) => bytesOut.get(streamId)?.bytes ?? 0,
    foreignViewers: (streamId) => viewers.count(streamId),
    waiting: () => waitingRoom.waiting,
    forget: (streamId) => {
      bytesOut.delete(streamId);
    },
  };
}
