import { connect, type Socket } from 'node:net';

export type ViewersFound = {
  /** from publication to the last byte at the client, in milliseconds, of every part of both tracks */
  delaysMs: number[];
  /** answers other than 200, connections that broke, parts that were left out */
  faults: number;
};

const headEnd = Buffer.from('\r\n\r\n');

/**
 * Viewers of low-latency HLS, two connections each: for the picture and for the sound they ask for the next version of the
 * playlist, which is held, and then for the part that it announced. Raw sockets, so that a thousand of them cost less than
 * what they measure.
 */
export class BlockingViewers implements Disposable {
  readonly #tracks: ViewerTrack[] = [];

  constructor(options: { port: number; streamId: string; tracks: readonly string[]; viewers: number }) {
    for (let viewer = 0; viewer < options.viewers; viewer += 1) {
      for (const track of options.tracks) {
        this.#tracks.push(new ViewerTrack(options.port, `/stream/${options.streamId}/${track}`));
      }
    }
  }

  /** What was found since the last time; the first call takes no notice of the start. */
  take(): ViewersFound {
    const found = this.#tracks.map((track) => track.take());
    return {
      delaysMs: found.flatMap(({ delaysMs }) => delaysMs),
      faults: found.reduce((sum, { faults }) => sum + faults, 0),
    };
  }

  [Symbol.dispose](): void {
    for (const track of this.#tracks) {
      track.close();
    }
  }
}

class ViewerTrack {
  readonly #socket: Socket;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** of the answer that is coming; zero: its head is not whole yet */
  #wantedBytes = 0;
  #headBytes = 0;
  #publishedAtMs = 0;
  /** the part that was asked for; undefined: a playlist was */
  #part: string | undefined;
  #next: string | undefined;
  #delaysMs: number[] = [];
  #faults = 0;
  #isClosed = false;

  constructor(
    port: number,
    private readonly folder: string,
  ) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (slice) => this.#data(slice));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.#faults += this.#isClosed ? 0 : 1;
    });
    this.#ask('media.m3u8');
  }

  take(): ViewersFound {
    const found = { delaysMs: this.#delaysMs, faults: this.#faults };
    this.#delaysMs = [];
    this.#faults = 0;
    return found;
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #ask(file: string): void {
    this.#socket.write(`GET ${this.folder}/${file} HTTP/1.1\r\nHost: bench\r\n\r\n`);
  }

  #data(slice: Buffer): void {
    this.#held.push(slice);
    this.#heldBytes += slice.byteLength;
    if (this.#wantedBytes === 0) {
      this.#readHead();
    }
    if (this.#wantedBytes > 0 && this.#heldBytes >= this.#wantedBytes) {
      const answer = this.#held;
      const headBytes = this.#headBytes;
      this.#held = [];
      this.#heldBytes = 0;
      this.#wantedBytes = 0;
      this.#answered(answer, headBytes);
    }
  }

  #readHead(): void {
    const held = Buffer.concat(this.#held);
    this.#held = [held];
    const end = held.indexOf(headEnd);
    if (end < 0) {
      return;
    }
    const head = held.toString('latin1', 0, end).toLowerCase();
    this.#headBytes = end + headEnd.byteLength;
    this.#wantedBytes = this.#headBytes + Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
    this.#publishedAtMs = Number(/x-part-published-ms: (\d+)/.exec(head)?.[1] ?? Number.NaN);
    this.#faults += head.startsWith('http/1.1 200') ? 0 : 1;
  }

  #answered(answer: readonly Buffer[], headBytes: number): void {
    if (this.#part !== undefined) {
      this.#delaysMs.push(performance.timeOrigin + performance.now() - this.#publishedAtMs);
      this.#part = undefined;
      const [, msn, part] = /-(\d+)\.(\d+)\.m4s$/.exec(this.#next ?? '') ?? [];
      this.#ask(`media.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`);
      return;
    }
    const text = Buffer.concat(answer).toString('latin1', headBytes);
    const hint = /TYPE=PART,URI="([^"]+)"/.exec(text.slice(text.lastIndexOf('#EXT-X-PRELOAD-HINT')))?.[1];
    const newest = /URI="([^"]+\.m4s)"/.exec(text.slice(text.lastIndexOf('#EXT-X-PART:')))?.[1];
    // What was hinted last time is what has come now; else one went by.
    this.#faults += this.#next !== undefined && newest !== this.#next ? 1 : 0;
    this.#next = hint;
    this.#part = newest;
    this.#ask(newest ?? 'media.m3u8');
  }
}
