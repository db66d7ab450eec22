import { createServer, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Rendition } from '../contract/ladder';

/** What a reader may leave unread of one output, in bytes: some 30 s of the largest rung. */
const unreadBytesMax = 12 * 1024 * 1024;

/**
 * One output of ffmpeg: a Unix socket that ffmpeg connects to, and the stream made of it. The socket is drained whether or
 * not somebody reads the stream, because one blocked output stops all outputs of the process; a reader that falls too far
 * behind loses its stream (it errors) and harms no other.
 */
export class OutputSocket {
  readonly stream: Readable;
  /** nothing will come any more; never rejects */
  readonly drained: Promise<void>;
  private connected = false;
  private setDrained: () => void = () => {};

  private constructor(
    readonly rendition: Rendition,
    private readonly server: Server,
    private readonly onBytes: (byteLength: number) => void,
  ) {
    this.stream = new Readable({ read: () => {} });
    // The error is for whoever reads; a stream nobody reads must not end the process.
    this.stream.on('error', () => {});
    this.drained = new Promise((resolve) => {
      this.setDrained = resolve;
    });
    server.on('connection', (socket) => this.drain(socket));
  }

  static async listen(
    path: string,
    rendition: Rendition,
    onBytes: (byteLength: number) => void,
  ): Promise<OutputSocket> {
    const server = createServer();
    const output = new OutputSocket(rendition, server, onBytes);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return output;
  }

  /** ffmpeg is gone: an output it never opened ends here, an open one when it is read to its end. */
  async finish(): Promise<void> {
    if (!this.connected) {
      this.server.close();
      this.end();
    }
    await this.drained;
  }

  private drain(socket: Socket): void {
    if (this.connected) {
      socket.destroy();
      return;
    }
    this.connected = true;
    this.server.close();
    socket.on('data', (bytes) => {
      this.onBytes(bytes.byteLength);
      this.pass(bytes);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.end());
  }

  private pass(bytes: Buffer): void {
    if (this.stream.destroyed) {
      return;
    }
    if (this.stream.readableLength + bytes.byteLength > unreadBytesMax) {
      this.stream.destroy(new Error(`nobody read ${this.rendition.id}: more than ${unreadBytesMax} bytes wait`));
      return;
    }
    this.stream.push(bytes);
  }

  private end(): void {
    if (!this.stream.destroyed) {
      this.stream.push(null);
    }
    this.setDrained();
  }
}
