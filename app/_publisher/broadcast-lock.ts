const lockName = (streamId: string) => `zyzz-broadcast-${streamId}`;

/**
 * Marks a broadcast as the business of this tab. The browser lets go of it by itself when the tab is closed, reloaded or
 * killed, so what is kept of an unlocked broadcast has lost its page.
 */
export class BroadcastLock {
  readonly #letGo: () => void;

  private constructor(letGo: () => void) {
    this.#letGo = letGo;
  }

  /** Null when another tab has it. */
  static take(streamId: string): Promise<BroadcastLock | null> {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(lockName(streamId), { ifAvailable: true }, async (lock) => {
          if (lock === null) {
            resolve(null);
            return;
          }
          await new Promise<void>((letGo) => resolve(new BroadcastLock(letGo)));
        })
        .catch(reject);
    });
  }

  /** Settles when no tab has it (any more); rejects when `signal` aborts. */
  static async untilFree(streamId: string, signal: AbortSignal): Promise<void> {
    await navigator.locks.request(lockName(streamId), { mode: 'shared', signal }, () => undefined);
  }

  release(): void {
    this.#letGo();
  }
}
