/**
 * The window in which a lost publisher is expected back. One at a time: starting it again moves its end, and `stop` makes
 * sure that it never fires.
 */
export class GraceTimer implements Disposable {
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly onExpired: () => void) {}

  start(seconds: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.onExpired();
    }, seconds * 1000);
  }

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
