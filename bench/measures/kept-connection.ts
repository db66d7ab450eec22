import { connect, type Socket } from 'node:net';

/** An answer that is whole. */
export type RawAnswer = {
  status: number;
  /** status line and headers, in small letters */
  head: string;
  /** empty where only its length was of interest */
  body: string;
  /** bytes of the body */
  bodyBytes: number;
};

const headEnd = '\r\n\r\n';
/** All sockets of this process read into one buffer, for each slice is used up before the next one is read. */
const readBuffer = Buffer.allocUnsafe(256 * 1024);

/**
 * One kept HTTP/1.1 connection, as cheap as it gets: a client that takes more of the machine than the server that it measures
 * measures itself. Answers must name their length; one is asked for at a time.
 */
export class KeptConnection implements Disposable {
  readonly #socket: Socket;
  #head = '';
  #body: string[] = [];
  #keepsBody = false;
  /** of the body that is coming; negative: its head is not whole yet */
  #leftBytes = -1;
  #bodyBytes = 0;
  #isClosed = false;

  /**
   * @param options.onAnswer may ask for the next thing at once
   * @param options.onLost the server closed the connection, or never took it
   */
  constructor(
    private readonly options: {
      port: number;
      onAnswer: (answer: RawAnswer) => void;
      onLost: (reason: string) => void;
    },
  ) {
    const callback = (byteCount: number) => {
      this.#read(byteCount);
      return true;
    };
    const onread = { buffer: readBuffer, callback };
    this.#socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true, onread });
    let reason = 'connection closed';
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    this.#socket.on('close', () => {
      if (!this.#isClosed) {
        options.onLost(reason);
      }
    });
  }

  /** @param keepsBody whether the answer's body is of interest, and not only its length */
  ask(path: string, keepsBody: boolean): void {
    this.#keepsBody = keepsBody;
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`, 'latin1');
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #read(byteCount: number): void {
    let from = 0;
    if (this.#leftBytes < 0) {
      const end = readBuffer.subarray(0, byteCount).indexOf(headEnd);
      if (end < 0) {
        this.#head += readBuffer.toString('latin1', 0, byteCount);
        return;
      }
      from = end + headEnd.length;
      this.#head = (this.#head + readBuffer.toString('latin1', 0, end)).toLowerCase();
      this.#bodyBytes = Number(/content-length: (\d+)/.exec(this.#head)?.[1] ?? 0);
      this.#leftBytes = this.#bodyBytes;
    }
    if (this.#keepsBody) {
      this.#body.push(readBuffer.toString('latin1', from, byteCount));
    }
    this.#leftBytes -= byteCount - from;
    if (this.#leftBytes === 0) {
      this.#whole();
    }
  }

  #whole(): void {
    const answer = {
      status: Number(this.#head.slice(9, 12)),
      head: this.#head,
      body: this.#body.join(''),
      bodyBytes: this.#bodyBytes,
    };
    this.#head = '';
    this.#body = [];
    this.#leftBytes = -1;
    this.options.onAnswer(answer);
  }
}
