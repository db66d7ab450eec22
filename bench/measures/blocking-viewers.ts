import { KeptConnection, type RawAnswer } from './kept-connection';

export type ViewersFound = {
  /** from publication to the last byte at the client, in milliseconds, of every part of both tracks */
  delaysMs: number[];
  /** parts that were not asked for, because a later one was there by the time the playlist came: late, and no fault */
  overtakenParts: number;
  /** answers other than 200 by their status, and connections that broke or were refused by the reason */
  faults: Map<string, number>;
};

/**
 * Viewers of low-latency HLS, two connections each: for the picture and for the sound they ask for the next version of the
 * playlist, as a delta, which is held, and then for the part that it announced: what hls.js does.
 */
export class BlockingViewers implements Disposable {
  readonly #tracks: ViewerTrack[] = [];
  #found = nothingFound();

  constructor(options: { port: number; streamId: string; tracks: readonly string[]; viewers: number }) {
    for (let viewer = 0; viewer < options.viewers; viewer += 1) {
      for (const track of options.tracks) {
        const folder = `/stream/${options.streamId}/${track}`;
        this.#tracks.push(new ViewerTrack(options.port, folder, () => this.#found));
      }
    }
  }

  /** What was found since the last time; the first call takes no notice of the start. */
  take(): ViewersFound {
    const found = this.#found;
    this.#found = nothingFound();
    return found;
  }

  [Symbol.dispose](): void {
    for (const track of this.#tracks) {
      track[Symbol.dispose]();
    }
  }
}

function nothingFound(): ViewersFound {
  return { delaysMs: [], overtakenParts: 0, faults: new Map() };
}

class ViewerTrack implements Disposable {
  readonly #connection: KeptConnection;
  /** the part that was asked for; undefined: a playlist was */
  #part: string | undefined;
  /** the part that the playlist hinted at */
  #next: string | undefined;

  constructor(
    port: number,
    private readonly folder: string,
    private readonly found: () => ViewersFound,
  ) {
    const onLost = (reason: string) => this.#fault(reason);
    this.#connection = new KeptConnection({ port, onAnswer: (answer) => this.#answered(answer), onLost });
    this.#askPlaylist();
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  #askPlaylist(): void {
    const [, msn, part] = /-(\d+)\.(\d+)\.m4s$/.exec(this.#next ?? '') ?? [];
    const awaited = msn === undefined ? '' : `?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`;
    this.#part = undefined;
    this.#connection.ask(`${this.folder}/media.m3u8${awaited}`, true);
  }

  #answered({ status, head, body }: RawAnswer): void {
    if (status !== 200) {
      this.#fault(`status ${status}`);
      this.#next = undefined;
      this.#askPlaylist();
    } else if (this.#part === undefined) {
      this.#read(body);
    } else {
      const publishedAtMs = Number(/x-part-published-ms: (\d+)/.exec(head)?.[1] ?? Number.NaN);
      this.found().delaysMs.push(performance.timeOrigin + performance.now() - publishedAtMs);
      this.#askPlaylist();
    }
  }

  /** Of a playlist, its last lines tell all: the newest part and the one to come. */
  #read(playlist: string): void {
    const newest = /URI="([^"]+\.m4s)"/.exec(playlist.slice(playlist.lastIndexOf('#EXT-X-PART:')))?.[1];
    const hinted = playlist.lastIndexOf('#EXT-X-PRELOAD-HINT');
    if (newest === undefined || hinted < 0) {
      this.#fault('a playlist without parts');
      return;
    }
    if (this.#next !== undefined && newest !== this.#next) {
      this.found().overtakenParts +=
        playlist.slice(playlist.indexOf(`"${this.#next}"`)).split('#EXT-X-PART:').length - 1;
    }
    this.#next = /URI="([^"]+)"/.exec(playlist.slice(hinted))?.[1];
    this.#part = newest;
    this.#connection.ask(`${this.folder}/${newest}`, false);
  }

  #fault(what: string): void {
    const { faults } = this.found();
    faults.set(what, (faults.get(what) ?? 0) + 1);
  }
}
