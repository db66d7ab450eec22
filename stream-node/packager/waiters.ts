type Group = { isSatisfied: () => boolean; settle: Set<(error?: Error) => void> };

/** A window was closed while someone waited for media in it. */
export class WindowClosed extends Error {
  override readonly name = 'WindowClosed';
  constructor() {
    super('the live window was closed');
  }
}

/**
 * Requests that are held until the media they name is there. Those that wait for the same thing are one group, so a change
 * asks each question once, however many thousands wait.
 */
export class Waiters {
  readonly #groups = new Map<string, Group>();
  #isClosed = false;

  /**
   * Settles once `isSatisfied()` holds; at once if it does already.
   *
   * @param what names the condition: equal names must have equal conditions
   * @throws the reason of `signal` if it is aborted first, `WindowClosed` after `close()`
   */
  async wait(what: string, isSatisfied: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#isClosed) {
      throw new WindowClosed();
    }
    if (isSatisfied()) {
      return;
    }
    const group = this.#groups.get(what) ?? { isSatisfied, settle: new Set() };
    this.#groups.set(what, group);
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => {
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) {
          resolve();
        } else {
          reject(error);
        }
      };
      const onAbort = () => {
        group.settle.delete(settle);
        if (group.settle.size === 0 && this.#groups.get(what) === group) {
          this.#groups.delete(what);
        }
        reject(signal.reason);
      };
      group.settle.add(settle);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Lets go of all whose condition has come true. */
  wake(): void {
    for (const [what, group] of this.#groups) {
      if (group.isSatisfied()) {
        this.#groups.delete(what);
        settleAll(group);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    for (const group of groups) {
      settleAll(group, new WindowClosed());
    }
  }
}

function settleAll(group: Group, error?: Error): void {
  for (const settle of group.settle) {
    settle(error);
  }
}
