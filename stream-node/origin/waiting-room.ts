/** How a wait ended: what was waited for has happened, it took too long, or the client has gone. */
export type Outcome = 'released' | 'late' | 'left';

/** Who waits. Not an AbortSignal: with thousands of requests a second making and aborting those is what costs most. */
export type Client = {
  readonly hasLeft: boolean;
  onceLeft(listener: () => void): void;
  offLeft(listener: () => void): void;
};

type Gathering = { readonly controller: AbortController; readonly waiters: Set<(outcome: Outcome) => void> };

/**
 * Where blocked requests wait. All that wait for the same thing share one wait below, and are released in slices, so
 * that a thousand answers do not hold up the event loop: at most `sliceMax` a turn.
 */
export class WaitingRoom {
  readonly #gatherings = new WeakMap<object, Map<string, Gathering>>();
  #waiting = 0;

  constructor(private readonly options: { holdMaxMs: number; sliceMax: number }) {}

  /** Requests held now. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Waits for what `key` names in `place`. The first to wait for it starts `begin`; when the last one has gone, its
   * signal aborts. `holdMaxMs` shortens this one wait.
   */
  hold(
    place: object,
    key: string,
    begin: (signal: AbortSignal) => Promise<void>,
    client: Client,
    holdMaxMs = this.options.holdMaxMs,
  ): Promise<Outcome> {
    if (client.hasLeft) {
      return Promise.resolve('left');
    }
    const gathering = this.#gathering(place, key, begin);
    this.#waiting += 1;
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        if (!gathering.waiters.delete(settle)) {
          return;
        }
        clearTimeout(timer);
        client.offLeft(leave);
        if (outcome !== 'released' && gathering.waiters.size === 0) {
          this.#forget(place, key, gathering);
          gathering.controller.abort();
        }
        this.#waiting -= 1;
        resolve(outcome);
      };
      const leave = () => settle('left');
      const timer = setTimeout(settle, holdMaxMs, 'late');
      client.onceLeft(leave);
      gathering.waiters.add(settle);
    });
  }

  #gathering(place: object, key: string, begin: (signal: AbortSignal) => Promise<void>): Gathering {
    const here = this.#gatherings.get(place) ?? new Map<string, Gathering>();
    this.#gatherings.set(place, here);
    const known = here.get(key);
    if (known) {
      return known;
    }
    const gathering: Gathering = { controller: new AbortController(), waiters: new Set() };
    here.set(key, gathering);
    const release = () => {
      this.#forget(place, key, gathering);
      this.#release([...gathering.waiters]);
    };
    // A wait that fails releases as well: whoever waited looks at the window again and answers by what is there.
    begin(gathering.controller.signal).then(release, release);
    return gathering;
  }

  #release(waiters: ((outcome: Outcome) => void)[]): void {
    for (const settle of waiters.splice(0, this.options.sliceMax)) {
      settle('released');
    }
    if (waiters.length > 0) {
      setImmediate(() => this.#release(waiters));
    }
  }

  #forget(place: object, key: string, gathering: Gathering): void {
    const here = this.#gatherings.get(place);
    if (here?.get(key) === gathering) {
      here.delete(key);
    }
  }
}
