import type { Bus } from '../bus/bus';

/** The room of the bus in which new jobs are announced. */
export const jobsRoom = 'jobs';

/** A hint may be lost: so often a call that waits looks by itself, in milliseconds. */
const lookEveryMs = 5000;

/** Lets the calls of nodes wait for jobs: they are woken by the bus, by the clock, and when the process ends. */
export class JobHints {
  readonly #waiting = new Set<() => void>();
  readonly #unsubscribe: () => void;
  #isClosed = false;

  /** @param bus null: only the clock wakes */
  constructor(bus: Bus | null) {
    const forget =
      bus === null
        ? []
        : [bus.onHint((hint) => hint.room === jobsRoom && this.#wake()), bus.onReconnect(() => this.#wake())];
    this.#unsubscribe = () => {
      for (const stop of forget) {
        stop();
      }
    };
  }

  /** The process ends: whoever waits is told that there is nothing. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when there may be a new job, at the latest after `atMostMs`. */
  async next(atMostMs: number): Promise<void> {
    if (this.#isClosed) {
      return;
    }
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(atMostMs, lookEveryMs));
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) {
      done();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#wake();
  }
}
