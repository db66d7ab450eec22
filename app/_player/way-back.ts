/** Where tabs share few connections the next try costs all of them a stumble; elsewhere a line or a machine stood still. */
const firstWaitMs = { shared: 60_000, own: 10_000 };
const longestWaitMs = 600_000;

/** When a player that went over to whole segments tries parts again: each time after twice as long. */
export class WayBack {
  #waitMs: number | null = null;

  /** @param sharesConnections requests go over HTTP/1.1, where all tabs together have six connections */
  nextWaitMs(sharesConnections: boolean): number {
    const firstMs = sharesConnections ? firstWaitMs.shared : firstWaitMs.own;
    this.#waitMs = this.#waitMs === null ? firstMs : Math.min(longestWaitMs, this.#waitMs * 2);
    return this.#waitMs;
  }
}
