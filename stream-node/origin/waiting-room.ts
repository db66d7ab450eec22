/** How a wait ended: what was waited for has happened, it took too long, or the client has gone. */
export type Outcome = 'released' | 'late' | 'left';

/** Who waits. Not an AbortSignal: with thousands of requests a second making and aborting those is what costs most. */
export type Client = {
  readonly hasLeft: boolean;
  onceLeft(listener: () => void): void;
  offLeft(listener: () => void): void;
};

type Waiter = { readonly deadlineMs: number; readonly settle: (outcome: Outcome) => void };

type Gathering = {
  readonly controller: AbortController;
  readonly waiters: Set<Waiter>;
  /** rings at the earliest deadline; of all that wait for one thing, hardly one is ever late */
  timer: NodeJS.Timeout | undefined;
  ringsAtMs: number;
};

/** Deadlines that lie this close together are one. */
const sameDeadlineMs = 50;

/**
 * Where blocked requests wait. All that wait for the same thing share one wait below and one timer, and are released in
 * slices, so that a thousand answers do not hold up the event loop: at most `sliceMax` a turn.
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
    holdMaxMs?: number,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      this.whenHeld(place, key, begin, client, resolve, holdMaxMs);
    });
  }

  /** The same without a promise for each who waits: a crowd's would outlive a collection of the garbage, and be copied. */
  whenHeld(
    place: object,
    key: string,
    begin: (signal: AbortSignal) => Promise<void>,
    client: Client,
    then: (outcome: Outcome) => void,
    holdMaxMs = this.options.holdMaxMs,
  ): void {
    if (client.hasLeft) {
      then('left');
      return;
    }
    const gathering = this.#gathering(place, key, begin);
    this.#waiting += 1;
    const leave = () => waiter.settle('left');
    const waiter: Waiter = {
      deadlineMs: performance.now() + holdMaxMs,
      settle: (outcome) => {
        if (!gathering.waiters.delete(waiter)) {
          return;
        }
        client.offLeft(leave);
        if (outcome !== 'released' && gathering.waiters.size === 0) {
          this.#forget(place, key, gathering);
          gathering.controller.abort();
        }
        this.#waiting -= 1;
        then(outcome);
      },
    };
    client.onceLeft(leave);
    gathering.waiters.add(waiter);
    this.#ringBy(gathering, waiter.deadlineMs);
  }

  #gathering(place: object, key: string, begin: (signal: AbortSignal) => Promise<void>): Gathering {
    const here = this.#gatherings.get(place) ?? new Map<string, Gathering>();
    this.#gatherings.set(place, here);
    const known = here.get(key);
    if (known) {
      return known;
    }
    const controller = new AbortController();
    const gathering: Gathering = {
      ...{ controller, waiters: new Set<Waiter>(), timer: undefined, ringsAtMs: Number.POSITIVE_INFINITY },
    };
    here.set(key, gathering);
    const release = () => {
      this.#forget(place, key, gathering);
      this.#release([...gathering.waiters]);
    };
    // A wait that fails releases as well: whoever waited looks at the window again and answers by what is there.
    begin(controller.signal).then(release, release);
    return gathering;
  }

  #release(waiters: Waiter[]): void {
    for (const waiter of waiters.splice(0, this.options.sliceMax)) {
      waiter.settle('released');
    }
    if (waiters.length > 0) {
      setImmediate(() => this.#release(waiters));
    }
  }

  #ringBy(gathering: Gathering, deadlineMs: number): void {
    if (deadlineMs >= gathering.ringsAtMs) {
      return;
    }
    clearTimeout(gathering.timer);
    gathering.ringsAtMs = deadlineMs;
    // Timers may ring a millisecond early.
    const waitMs = Math.ceil(deadlineMs - performance.now()) + 1;
    gathering.timer = setTimeout(() => this.#ring(gathering), waitMs);
  }

  #ring(gathering: Gathering): void {
    const nowMs = performance.now();
    gathering.ringsAtMs = Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const waiter of gathering.waiters) {
      if (waiter.deadlineMs <= nowMs) {
        waiter.settle('late');
      } else {
        nextMs = Math.min(nextMs, waiter.deadlineMs);
      }
    }
    if (nextMs < Number.POSITIVE_INFINITY) {
      this.#ringBy(gathering, Math.max(nextMs, nowMs + sameDeadlineMs));
    }
  }

  #forget(place: object, key: string, gathering: Gathering): void {
    clearTimeout(gathering.timer);
    const here = this.#gatherings.get(place);
    if (here?.get(key) === gathering) {
      here.delete(key);
    }
  }
}
