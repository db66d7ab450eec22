import type { Recorder, RecorderHandlers, StartRecorder } from '../live-session';

/** In place of the browser's recorders: each gives a chunk of ten bytes when told that time has passed. */
export class TestRecorders {
  readonly #running = new Set<{ handlers: RecorderHandlers; index: number }>();
  /** chunks given, by recorder in the order of their starts */
  readonly captured: number[] = [];
  chunkBytes = 10;
  nowMs = 1_795_000_000_000;
  readonly stream: MediaStream = Object.create({ getVideoTracks: () => [] });

  get started(): number {
    return this.captured.length;
  }

  get running(): number {
    return this.#running.size;
  }

  readonly start: StartRecorder = async (_stream, handlers): Promise<Recorder> => {
    const running = { handlers, index: this.captured.length };
    this.captured.push(0);
    this.#running.add(running);
    return {
      mime: 'audio/webm;codecs=opus',
      container: 'matroska',
      lagMs: () => null,
      // As the browser's does, it hands over what it still has when it is stopped.
      stop: async () => {
        if (this.#running.has(running)) {
          this.#give(running);
          this.#running.delete(running);
        }
      },
    };
  };

  /** Every running recorder gives `count` chunks of 60 ms. */
  capture(count: number): void {
    for (let given = 0; given < count; given += 1) {
      this.nowMs += 60;
      for (const running of this.#running) {
        this.#give(running);
      }
    }
  }

  /** The browser gives the newest recording up. */
  fail(error = new Error('The browser stopped recording.')): void {
    [...this.#running].at(-1)?.handlers.failed(error);
  }

  /** Nothing is captured meanwhile. */
  pass(forMs: number): void {
    this.nowMs += forMs;
  }

  #give({ handlers, index }: { handlers: RecorderHandlers; index: number }): void {
    const count = this.captured[index] ?? 0;
    this.captured[index] = count + 1;
    handlers.chunk({ bytes: new Uint8Array(this.chunkBytes).fill(count % 256), captureTimeMs: this.nowMs });
  }
}
