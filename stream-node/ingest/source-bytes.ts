import { Readable } from 'node:stream';

/** How many bytes wait in memory before the publisher's socket is paused. */
const waitingBytesMax = 4 * 1024 * 1024;

/**
 * The media of a session on its way to the transcoder: bytes pushed as they come, and a word when the reader has caught up.
 */
export class SourceBytes {
  readonly readable: Readable;
  private drainedWaiters: (() => void)[] = [];
  private ended = false;

  constructor(private readonly onDrained: () => void) {
    this.readable = new Readable({
      highWaterMark: waitingBytesMax,
      // Called when the reader has room again, just before it takes the bytes that make the room: look a moment later.
      read: () => queueMicrotask(() => this.wakeUp()),
      destroy: (error, done) => {
        this.ended = true;
        this.wakeUp();
        done(error);
      },
    });
    // The error is for whoever reads; a stream nobody reads must not end the process.
    this.readable.on('error', () => {});
  }

  /** Nothing that is pushed from now on is read. */
  get isOver(): boolean {
    return this.ended;
  }

  /** More waits than should: whoever feeds this must pause. */
  get full(): boolean {
    return !this.ended && this.readable.readableLength >= waitingBytesMax;
  }

  push(bytes: Uint8Array): void {
    if (!this.ended) {
      this.readable.push(bytes);
    }
  }

  /** Resolves when there is room, or nobody will ever read again. */
  async room(): Promise<void> {
    if (this.full) {
      await new Promise<void>((resolve) => this.drainedWaiters.push(resolve));
    }
  }

  /** No more bytes; what waits is still read. */
  end(): void {
    if (!this.ended) {
      this.ended = true;
      this.readable.push(null);
      this.wakeUp();
    }
  }

  private wakeUp(): void {
    const waiters = this.drainedWaiters;
    this.drainedWaiters = [];
    for (const resolve of waiters) {
      resolve();
    }
    this.onDrained();
  }
}
