import { DesiredState, type NodeSnapshot, snapshotIntervalMs, snapshotPath } from '../contract/snapshots';
import type { Logger } from '../logger';

const answerTimeoutMs = 5000;

/**
 * The node's side of the exchange of snapshots: posts the whole observed state once a second, and at once when asked to,
 * and hands on the whole desired state it gets back. It keeps no queue: a lost exchange is mended by the next one, and
 * while the web is down the node goes on with what it last knew.
 */
export class WebLink implements AsyncDisposable {
  #timer: NodeJS.Timeout | undefined;
  #exchange: Promise<void> | undefined;
  #askedAgain = false;
  #closed = false;
  #reachable: boolean | undefined;
  readonly #waiters = new Set<() => void>();

  constructor(
    private readonly options: {
      webUrl: string;
      nodeSecret: string;
      observe: () => Promise<NodeSnapshot>;
      apply: (desired: DesiredState) => void;
      logger: Logger;
    },
  ) {}

  start(): void {
    void this.exchangeNow();
    this.#timer = setInterval(() => void this.exchangeNow(), snapshotIntervalMs);
  }

  /** True once the last exchange succeeded. */
  get isReachable(): boolean {
    return this.#reachable === true;
  }

  /** Posts a snapshot now; calls made while one is under way are served by one more exchange after it. */
  exchangeNow(): Promise<void> {
    if (this.#closed) {
      return Promise.resolve();
    }
    if (this.#exchange) {
      this.#askedAgain = true;
      return this.#exchange;
    }
    this.#exchange = this.#run().finally(() => {
      this.#exchange = undefined;
    });
    return this.#exchange;
  }

  /** Resolves after the next desired state was applied, or when `signal` aborts. */
  nextAnswer(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        this.#waiters.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      if (signal.aborted) {
        resolve();
        return;
      }
      this.#waiters.add(settle);
      signal.addEventListener('abort', settle);
    });
  }

  async #run(): Promise<void> {
    do {
      this.#askedAgain = false;
      await this.#once();
    } while (this.#askedAgain && !this.#closed);
  }

  async #once(): Promise<void> {
    try {
      const response = await fetch(`${this.options.webUrl}${snapshotPath}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.options.nodeSecret}` },
        body: JSON.stringify(await this.options.observe()),
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      if (!response.ok) {
        throw new Error(`the web answered ${response.status}`);
      }
      const desired = DesiredState.parse(await response.json());
      this.#say(true);
      this.options.apply(desired);
      for (const settle of [...this.#waiters]) {
        settle();
      }
    } catch (error) {
      this.#say(false, error);
    }
  }

  #say(reachable: boolean, error?: unknown): void {
    if (this.#reachable === reachable) {
      return;
    }
    this.#reachable = reachable;
    if (reachable) {
      this.options.logger.info('the web takes our snapshots');
    } else {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.logger.warn({ reason }, 'the web cannot be reached; going on with what is known');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#exchange;
  }
}
