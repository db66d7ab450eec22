import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { RenditionId } from '../contract/ladder';
import type { StreamState } from '../contract/stream-state';
import { commentaryPlaylist, multivariantPlaylist } from '../manifest/multivariant-playlist';
import { describeRecording, recordingPlaylist, takeFileName } from '../manifest/recording-playlist';
import type { TakeIndex } from '../store/take-index';
import { readByteRange } from './byte-range';
import type { Exchange } from './exchange';
import type { PlayableStream } from './playable-stream';
import { PlaylistBody, sendPlaylist } from './playlist-body';

const rememberedMax = 256;
/** What one download holds in memory. */
const readAheadBytes = 256 * 1024;

/** Serves recordings: playlists made from the takes' indexes, and byte ranges of their files. */
export class RecordingFiles {
  readonly #remembered = new Map<string, { fingerprint: string; body: PlaylistBody }>();

  /** The multivariant playlist of the recording, or of its commentary audio alone. `false` where nothing is recorded. */
  async multivariant(exchange: Exchange, stream: PlayableStream, only: 'all' | 'audio'): Promise<boolean> {
    const takes = await stream.takes();
    return this.#send(exchange, stream, takes, only, () => {
      const described = describeRecording(takes);
      if (described.length === 0) {
        return undefined;
      }
      return only === 'audio' ? commentaryPlaylist(described) : multivariantPlaylist(described);
    });
  }

  /** `<rendition>/recording.m3u8`. `false` where the rendition is not recorded. */
  async playlist(exchange: Exchange, stream: PlayableStream, renditionId: RenditionId): Promise<boolean> {
    const takes = await stream.takes();
    return this.#send(exchange, stream, takes, `rendition ${renditionId}`, () =>
      recordingPlaylist(takes, renditionId, { complete: isComplete(stream, takes) }),
    );
  }

  /** A take's file, or a range of it, up to the last segment in its index. `false` for a name that no take has. */
  async media(exchange: Exchange, stream: PlayableStream, renditionId: RenditionId, file: string): Promise<boolean> {
    const take = (await stream.takes()).find(({ header }) => takeFileName(header.takeId) === file);
    const rendition = take?.renditions.get(renditionId);
    if (!take || !rendition) {
      return false;
    }
    await using handle = await openIfThere(stream.takeFile(take.header.takeId, renditionId));
    if (handle === undefined) {
      return false;
    }
    const size = Math.min((await handle.stat()).size, indexedBytes(take, renditionId, rendition.initBytes));
    const etag = `"${take.header.takeId}-${renditionId}-${size}"`;
    const { range: rangeHeader, 'if-range': ifRange } = exchange.request.headers;
    const range = ifRange === undefined || ifRange === etag ? readByteRange(rangeHeader, size) : undefined;
    if (range === 'unsatisfiable') {
      exchange.refuse('range_not_satisfiable', `range: the file has ${size} bytes`, {
        'content-range': `bytes */${size}`,
      });
      return true;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    exchange.writeHead(range ? 206 : 200, {
      'content-type': `${rendition.rendition.kind}/mp4`,
      'content-length': end - start + 1,
      'accept-ranges': 'bytes',
      'cache-control': take.closed ? `${stream.visibility}, max-age=3600` : `${stream.visibility}, no-cache`,
      etag,
      ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    });
    if (exchange.isHead || size === 0) {
      exchange.response.end();
      return true;
    }
    const bytes = handle.createReadStream({ start, end, highWaterMark: readAheadBytes, autoClose: false });
    try {
      await pipeline(bytes, exchange.response);
    } catch (error) {
      // The head is out: all that can be said to a client that is still there is a broken connection.
      exchange.response.destroy();
      if (!exchange.hasLeft) {
        throw error;
      }
    } finally {
      exchange.countOut(bytes.bytesRead);
    }
    return true;
  }

  #send(
    exchange: Exchange,
    stream: PlayableStream,
    takes: readonly TakeIndex[],
    name: string,
    print: () => string | undefined,
  ): boolean {
    const complete = isComplete(stream, takes);
    const fingerprint = [
      complete,
      ...takes.map(({ header, segments, closed }) => `${header.takeId} ${segments.length} ${closed}`),
    ].join();
    const key = `${stream.streamId} ${name}`;
    let remembered = this.#remembered.get(key);
    if (remembered?.fingerprint !== fingerprint) {
      const text = print();
      if (text === undefined) {
        return false;
      }
      remembered = { fingerprint, body: new PlaylistBody(text) };
      this.#remember(key, remembered);
    }
    sendPlaylist(exchange, remembered.body, {
      caching: complete ? 'complete' : 'current',
      isPrivate: stream.visibility === 'private',
    });
    return true;
  }

  #remember(key: string, entry: { fingerprint: string; body: PlaylistBody }): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, entry);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > rememberedMax && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
  }
}

/** States in which more may be recorded. */
const growing: readonly StreamState[] = ['created', 'connecting', 'live', 'interrupted', 'paused'];

/** Nothing will be added: the stream is over, and its last take is closed or nobody is left to close it. */
function isComplete(stream: PlayableStream, takes: readonly TakeIndex[]): boolean {
  return !growing.includes(stream.state) && (stream.renditions.length === 0 || takes.every(({ closed }) => closed));
}

/** Bytes past the last segment in the index may not be whole yet. */
function indexedBytes(take: TakeIndex, renditionId: RenditionId, initBytes: number): number {
  return take.segments.reduce(
    (bytes, segment) =>
      segment.renditionId === renditionId ? Math.max(bytes, segment.offset + segment.length) : bytes,
    initBytes,
  );
}

/** A recording may be deleted between the look at its index and this. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
