/** When a session's container time zero was on the event clock, for whoever waits until that is known. */
export class FirstSampleTime {
  /** unix milliseconds; rejects when the session ended before it could be told */
  readonly eventTimeMs: Promise<number>;
  #settle: { resolve: (ms: number) => void; reject: (error: Error) => void } | null = null;

  constructor() {
    this.eventTimeMs = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // A session that ends before its first chunk is no fault of the process.
    this.eventTimeMs.catch(() => {});
  }

  /** @param zeroMs as far as it is known, unix milliseconds: what is known first counts */
  tell(zeroMs: number | null): void {
    if (zeroMs !== null) {
      this.#settle?.resolve(zeroMs);
      this.#settle = null;
    }
  }

  /** Nothing more will be known. */
  giveUp(): void {
    this.#settle?.reject(new Error('the session ended before its first chunk'));
    this.#settle = null;
  }
}
