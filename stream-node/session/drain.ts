import type { Logger } from '../logger';

export type DrainOptions = {
  /** of an operator's drain: how long live streams may finish before their publishers are asked to move, in milliseconds */
  operatorMs: number;
  logger: Logger;
  /** asks every publisher that is still here to go to another node */
  askToMove: () => void;
};

/**
 * A node on its way out: it takes no new streams; after a while the publishers that are still there are asked to go to another
 * node. It is wanted by an operator, who may take it back, or because the process is about to stop.
 */
export class Drain implements Disposable {
  #isWanted = false;
  #isStopping = false;
  #isAsking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: DrainOptions) {}

  get isOn(): boolean {
    return this.#isWanted || this.#isStopping;
  }

  /** An operator wants it, or no longer wants it. The same again changes nothing. */
  want(isWanted: boolean): void {
    if (isWanted === this.#isWanted) {
      return;
    }
    this.#isWanted = isWanted;
    this.options.logger.info({ isWanted }, 'an operator wants this node drained');
    if (isWanted) {
      this.#begin(this.options.operatorMs);
    } else if (!this.#isStopping) {
      clearTimeout(this.#timer);
      this.#isAsking = false;
    }
  }

  /** The process is about to stop: publishers may stay for `ms` before they are asked. */
  stop(ms: number): void {
    this.#isStopping = true;
    this.#begin(ms);
  }

  /** A publisher that came, or came back, while the others were already asked. */
  publisherArrived(): void {
    if (this.#isAsking) {
      this.options.askToMove();
    }
  }

  #begin(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isAsking) {
      this.#timer = setTimeout(() => {
        this.#isAsking = true;
        this.options.askToMove();
      }, ms);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
