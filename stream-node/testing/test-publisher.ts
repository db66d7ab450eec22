import { WebSocket } from 'ws';
import { encodeChunk, ingestPath, NodeMessage } from '../contract/ingest-protocol';
import type { FrameRate } from '../contract/profiles';

type Message = NodeMessage;

/** A publisher of a test's own, speaking the real protocol over a real socket. */
export class TestPublisher implements AsyncDisposable {
  readonly #messages: Message[] = [];
  readonly #waiting = new Set<() => void>();
  #closeCode: number | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.#messages.push(NodeMessage.parse(JSON.parse(data.toString())));
      this.#wake();
    });
    socket.on('close', (code) => {
      this.#closeCode = code;
      this.#wake();
    });
    socket.on('error', () => {});
  }

  /** `ca`: the certificate (PEM) to trust beside those of the system */
  static async connect(nodeUrl: string, options: { ca?: string } = {}): Promise<TestPublisher> {
    const socket = new WebSocket(`${nodeUrl.replace(/^http/, 'ws')}${ingestPath}`, options);
    const publisher = new TestPublisher(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return publisher;
  }

  async hello(options: {
    streamId: string;
    grant: string;
    recorderSession: string;
    hasVideo?: boolean;
    hasAudio?: boolean;
    backfill?: boolean;
    mime?: string;
    container?: 'matroska' | 'mp4';
    hint?: { frameRate: FrameRate };
  }): Promise<Message> {
    this.send({
      type: 'hello',
      mime: 'video/webm',
      container: 'matroska',
      hasVideo: true,
      hasAudio: true,
      ...options,
    });
    return await this.next((message) => message.type === 'welcome' || message.type === 'refused');
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  chunk(sequence: number, captureTimeMs: number, bytes: Uint8Array): void {
    this.socket.send(encodeChunk({ sequence, captureTimeMs, bytes }));
  }

  /** The first message, received or still to come, that `matches`. */
  async next(matches: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.#messages.find(matches);
      if (found !== undefined) {
        return found;
      }
      if (this.#closeCode !== undefined) {
        throw new Error(`the node closed the connection with ${this.#closeCode}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Sends a whole file in chunks and waits until all of it is acknowledged. */
  async sendAll(media: Buffer, captureTimeMs: number, chunkBytes = 4096): Promise<number> {
    this.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
    const count = Math.ceil(media.byteLength / chunkBytes);
    for (let sequence = 0; sequence < count; sequence += 1) {
      this.chunk(sequence, captureTimeMs, media.subarray(sequence * chunkBytes, (sequence + 1) * chunkBytes));
    }
    await this.next((message) => message.type === 'ack' && message.sequence === count - 1);
    return count;
  }

  /** Cuts the line without a word, as a dead network does. */
  cut(): void {
    this.socket.terminate();
  }

  #wake(): void {
    for (const resolve of this.#waiting) {
      resolve();
    }
    this.#waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
  }
}
