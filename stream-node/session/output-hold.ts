/** Whether a stream's output is held, and who waits for that to change. */
export class OutputHold {
  #isHeld = false;
  readonly #waiting = new Set<() => void>();

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** @returns whether it was otherwise before */
  set(isHeld: boolean): boolean {
    const hasChanged = isHeld !== this.#isHeld;
    this.#isHeld = isHeld;
    this.wake();
    return hasChanged;
  }

  /** Those who wait look again whether there is still something to wait for. */
  wake(): void {
    for (const resolve of this.#waiting) {
      resolve();
    }
    this.#waiting.clear();
  }

  /** Waits while the output is held and `isWanted`, which is asked again whenever it is woken. */
  async over(isWanted: () => boolean): Promise<void> {
    while (this.#isHeld && isWanted()) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }
}
