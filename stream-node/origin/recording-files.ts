import type { RenditionId } from '../contract/ladder';
import { renditionDvr, renditionRecording, renditionRecordingThin } from '../contract/media-urls';
import type { StreamState } from '../contract/stream-state';
import { commentaryPlaylist, multivariantPlaylist } from '../manifest/multivariant-playlist';
import { inEventClockOrder } from '../manifest/recorded-runs';
import { parseTakeSegmentName, recordingMpd } from '../manifest/recording-mpd';
import { describeRecording, recordingPlaylist, takeFileName } from '../manifest/recording-playlist';
import { takeChains } from '../store/take-chains';
import type { TakeIndex } from '../store/take-index';
import { type TrimmedTake, trimmedTakes, untrimmed } from '../store/trimmed-takes';
import { type ByteRange, readByteRange } from './byte-range';
import type { Exchange } from './exchange';
import { openIfThere, sendFileBytes } from './file-bytes';
import { mediaCaching } from './live-files';
import type { MultivariantKind } from './live-multivariant';
import type { PeerTakes } from './peer-takes';
import type { PlayableStream } from './playable-stream';
import { manifestTypes, PlaylistBody, sendPlaylist } from './playlist-body';
import { printTakeListing } from './take-listing';

const rememberedMax = 256;

/** Serves recordings: playlists made from the takes' indexes, and byte ranges of their files. */
export class RecordingFiles {
  constructor(private readonly peers: PeerTakes) {}

  readonly #remembered = new Map<string, { fingerprint: string; body: PlaylistBody }>();

  /** The multivariant playlist of the recording, or of its commentary audio alone. `false` where nothing is recorded. */
  async multivariant(
    exchange: Exchange,
    stream: PlayableStream,
    only: MultivariantKind,
    playlistFile: string = only === 'thin' ? renditionRecordingThin : renditionRecording,
  ): Promise<boolean> {
    const takes = await this.#allTakes(exchange, stream);
    return this.#send(exchange, stream, takes, `${only} ${playlistFile}`, () => {
      const described = describeRecording(shownTakes(stream, takes), playlistFile);
      if (described.length === 0) {
        return undefined;
      }
      return only === 'all' ? multivariantPlaylist(described) : commentaryPlaylist(described);
    });
  }

  /** The static MPD of the recording. `false` where nothing is recorded. */
  async mpd(exchange: Exchange, stream: PlayableStream): Promise<boolean> {
    const takes = await this.#allTakes(exchange, stream);
    return this.#send(
      exchange,
      stream,
      takes,
      'mpd',
      () => recordingMpd(shownTakes(stream, takes)),
      manifestTypes.dash,
    );
  }

  /** `<rendition>/recording.m3u8`, `recording-thin.m3u8` and `dvr.m3u8`. `false` where the rendition is not recorded. */
  async playlist(
    exchange: Exchange,
    stream: PlayableStream,
    renditionId: RenditionId,
    playlistFile: string = renditionRecording,
  ): Promise<boolean> {
    const takes = await this.#allTakes(exchange, stream);
    const healing = playlistFile === renditionDvr;
    const joined = playlistFile === renditionRecordingThin;
    return this.#send(exchange, stream, takes, `rendition ${renditionId} ${playlistFile}`, () =>
      recordingPlaylist(shownTakes(stream, takes), renditionId, {
        ...{ complete: isComplete(stream, takes), healing, joined },
      }),
    );
  }

  /** A take's file, or a range of it, up to the last segment in its index. `false` for a name that no take has. */
  async media(exchange: Exchange, stream: PlayableStream, renditionId: RenditionId, file: string): Promise<boolean> {
    const take = (await stream.takes()).find(({ header }) => takeFileName(header.takeId) === file);
    const rendition = take?.renditions.get(renditionId);
    if (!take || !rendition) {
      return await this.#redirect(exchange, stream, ({ header }) => takeFileName(header.takeId) === file);
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
    const whole = { start: 0, end: size - 1 };
    await sendFileBytes(exchange, handle, range ?? whole, range ? 206 : 200, {
      'content-type': `${rendition.rendition.kind}/mp4`,
      'accept-ranges': 'bytes',
      'cache-control': take.closed ? `${stream.visibility}, max-age=3600` : `${stream.visibility}, no-cache`,
      etag,
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${size}` } : {}),
    });
    return true;
  }

  /** One segment of a take, or its init section, under a name of its own. `false` for a name that no take has. */
  async segment(exchange: Exchange, stream: PlayableStream, renditionId: RenditionId, file: string): Promise<boolean> {
    const named = parseTakeSegmentName(file);
    const found = named && findSegment(await stream.takes(), named.takeId, renditionId, named.place);
    if (!found) {
      const isIt = ({ header }: TakeIndex) => header.takeId === named?.takeId;
      return named !== undefined && (await this.#redirect(exchange, stream, isIt));
    }
    const { take, range } = found;
    await using handle = await openIfThere(stream.takeFile(take.header.takeId, renditionId));
    if (handle === undefined) {
      return false;
    }
    await sendFileBytes(exchange, handle, range, 200, {
      'content-type': `${take.renditions.get(renditionId)?.rendition.kind}/mp4`,
      'cache-control': mediaCaching(stream),
    });
    return true;
  }

  /** What this node alone holds, for another one (`takes.json`); an empty list where that is nothing. */
  async listing(exchange: Exchange, stream: PlayableStream): Promise<boolean> {
    const takes = await stream.takes();
    return this.#send(exchange, stream, takes, 'listing', () => printTakeListing(takes), 'application/json');
  }

  /** The takes here and at other nodes. */
  async #allTakes(exchange: Exchange, stream: PlayableStream): Promise<readonly TakeIndex[]> {
    const here = await stream.takes();
    const elsewhere = await this.peers.of(stream, exchange.grant);
    return elsewhere.length === 0 ? here : [...here, ...elsewhere.map(({ take }) => take)];
  }

  async #redirect(exchange: Exchange, stream: PlayableStream, isIt: (take: TakeIndex) => boolean): Promise<boolean> {
    const found = (await this.peers.of(stream, exchange.grant)).find(({ take }) => isIt(take));
    if (found !== undefined) {
      exchange.redirect(found.nodeUrl);
    }
    return found !== undefined;
  }

  #send(
    exchange: Exchange,
    stream: PlayableStream,
    takes: readonly TakeIndex[],
    name: string,
    print: () => string | undefined,
    contentType: string = manifestTypes.hls,
  ): boolean {
    const complete = isComplete(stream, takes);
    const fingerprint = [
      complete,
      stream.trim?.startMs,
      stream.trim?.endMs,
      ...takes.map(({ header, segments, closed }) => `${header.takeId} ${segments.length} ${closed}`),
    ].join();
    const key = `${stream.streamId} ${name}`;
    let remembered = this.#remembered.get(key);
    if (remembered?.fingerprint !== fingerprint) {
      const text = print();
      if (text === undefined) {
        return false;
      }
      remembered = { fingerprint, body: new PlaylistBody(text, contentType) };
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

/** What viewers are shown of the takes. Media is served whole: only playlists leave a stretch out. */
function shownTakes(stream: PlayableStream, takes: readonly TakeIndex[]): readonly TrimmedTake[] {
  return trimmedTakes(takes, stream.trim ?? untrimmed);
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

/** A segment by its place among its rendition's of a take, and of those that play as one with it from there on; or the init section. */
function findSegment(
  takes: readonly TakeIndex[],
  takeId: string,
  renditionId: RenditionId,
  place: number | 'init',
): { take: TakeIndex; range: ByteRange } | undefined {
  const named = takes.find(({ header }) => header.takeId === takeId);
  const own = named && rangeOfSegment(named, renditionId, place);
  if (named === undefined || own !== undefined || place === 'init') {
    return named && own && { take: named, range: own };
  }
  const chain = takeChains(inEventClockOrder(takes)).find((each) => each.includes(named)) ?? [];
  let left = place;
  for (const take of chain.slice(chain.indexOf(named))) {
    const range = rangeOfSegment(take, renditionId, left);
    if (range !== undefined) {
      return { take, range };
    }
    left -= take.segments.filter((each) => each.renditionId === renditionId).length;
  }
  return undefined;
}

/** Where a segment lies in its file, by its place among its rendition's, or the init section. */
function rangeOfSegment(take: TakeIndex, renditionId: RenditionId, place: number | 'init'): ByteRange | undefined {
  if (place === 'init') {
    const rendition = take.renditions.get(renditionId);
    return rendition && { start: 0, end: rendition.initBytes - 1 };
  }
  const segment = take.segments.filter((each) => each.renditionId === renditionId)[place];
  return segment && { start: segment.offset, end: segment.offset + segment.length - 1 };
}
