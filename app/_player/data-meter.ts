/** The path of everything that is played, on whichever node. */
const mediaPath = /^\/stream\//;

/** Counts what media has cost on the line since the page opened, heads included, as the browser itself tells it. */
export class DataMeter {
  #bytes = 0;
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry instanceof PerformanceResourceTiming && mediaPath.test(new URL(entry.name).pathname)) {
        this.#bytes += entry.transferSize;
      }
    }
  });

  constructor() {
    this.#observer.observe({ type: 'resource' });
  }

  get bytes(): number {
    return this.#bytes;
  }

  close(): void {
    this.#observer.disconnect();
  }
}
