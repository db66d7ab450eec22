/**
 * Over HTTP/1.1 a browser has six connections to a node for all of its tabs, and a player of ours keeps up to two of them
 * waiting at the origin. When the tabs need more, requests queue in the browser, and every player stumbles. Whoever
 * notices gives its connections back: it goes on without waiting at the origin, a few seconds further behind.
 */

/** Requests that are looked at together. */
const lookedAt = 12;
/** A request that waited this long for a connection was late for its part, in milliseconds. */
const lateMs = 120;
/** So many late ones of those that are looked at are a crowd. */
const lateOnes = 6;

/** Counts the late ones among the newest requests. */
export class ConnectionCrowd {
  #waitsMs: number[] = [];

  note(waitMs: number): void {
    this.#waitsMs = [...this.#waitsMs, waitMs].slice(-lookedAt);
  }

  get isCrowded(): boolean {
    return this.#waitsMs.filter((waitMs) => waitMs >= lateMs).length >= lateOnes;
  }
}

/** What is read of a `PerformanceResourceTiming`. */
export type RequestTiming = Pick<
  PerformanceResourceTiming,
  | 'nextHopProtocol'
  | 'fetchStart'
  | 'domainLookupStart'
  | 'domainLookupEnd'
  | 'connectStart'
  | 'connectEnd'
  | 'requestStart'
>;

/**
 * How long a request waited for a connection in milliseconds: all that lies before it was sent, but for finding the host
 * and connecting. Null where no connection is waited for: over HTTP/2, or out of the cache.
 */
export function connectionWaitMs(timing: RequestTiming): number | null {
  if (timing.nextHopProtocol !== 'http/1.1' || timing.requestStart === 0) {
    return null;
  }
  const lookupMs = timing.domainLookupEnd - timing.domainLookupStart;
  const connectMs = timing.connectEnd - timing.connectStart;
  return Math.max(0, timing.requestStart - timing.fetchStart - lookupMs - connectMs);
}

/** Whether a request went over HTTP/2 or later. */
export function isMultiplexed({ nextHopProtocol }: Pick<RequestTiming, 'nextHopProtocol'>): boolean {
  return /^h[23]/.test(nextHopProtocol);
}

/** Watches this page's requests below a URL, and tells once when they find too few connections. */
export class CrowdWatch {
  readonly #crowd = new ConnectionCrowd();
  readonly #observer: PerformanceObserver;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #sharesConnections = false;
  #hasOwnConnections = false;

  /**
   * @param options.patienceMs how long a crowd has to last. All tabs notice it at the same time, and one that gives way
   *   may be enough: so each has its own
   */
  constructor(options: { baseUrl: string; patienceMs: number; onCrowded: () => void }) {
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
        const isMedia = entry.name.startsWith(options.baseUrl);
        const waitMs = isMedia ? connectionWaitMs(entry) : null;
        this.#hasOwnConnections ||= isMedia && isMultiplexed(entry);
        if (waitMs !== null) {
          this.#sharesConnections = true;
          this.#crowd.note(waitMs);
        }
      }
      if (!this.#crowd.isCrowded) {
        clearTimeout(this.#patience);
        this.#patience = undefined;
      } else {
        this.#patience ??= setTimeout(() => {
          this.close();
          options.onCrowded();
        }, options.patienceMs);
      }
    });
    this.#observer.observe({ type: 'resource' });
  }

  /** Whether requests were seen to go over connections of which all tabs together have only a few. */
  get sharesConnections(): boolean {
    return this.#sharesConnections;
  }

  /** Whether answers came over connections that take any number of requests at once, so that no other tab holds one up. */
  get hasOwnConnections(): boolean {
    return this.#hasOwnConnections;
  }

  close(): void {
    clearTimeout(this.#patience);
    this.#observer.disconnect();
  }
}
