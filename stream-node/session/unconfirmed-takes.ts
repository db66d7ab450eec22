import type { ObservedTake } from '../contract/snapshots';

/** As many as a snapshot may carry; the rest follows once these are confirmed. */
const takesPerSnapshotMax = 10_000;

/** Which takes the web may not have whole: those being written, and closed ones that it has not confirmed. */
export class UnconfirmedTakes {
  readonly #confirmed = new Set<string>();
  /** streams of which the web may not have every take */
  readonly #streamIds = new Set<string>();

  /** Takes of the stream are here, or may come. */
  expect(streamId: string): void {
    this.#streamIds.add(streamId);
  }

  /** The web has these whole. */
  confirm(takeIds: readonly string[]): void {
    for (const takeId of takeIds) {
      this.#confirmed.add(takeId);
    }
  }

  /**
   * As a snapshot tells them. A stream is looked at no more once all of its takes are confirmed and none can come.
   *
   * @param takesOf all takes of a stream
   * @param mayGrow whether takes of a stream may still come
   */
  async observe(
    takesOf: (streamId: string) => Promise<ObservedTake[]>,
    mayGrow: (streamId: string) => boolean,
  ): Promise<ObservedTake[]> {
    const unconfirmed: ObservedTake[] = [];
    for (const streamId of this.#streamIds) {
      const takes = await takesOf(streamId);
      const news = takes.filter((take) => !take.closed || !this.#confirmed.has(take.takeId));
      unconfirmed.push(...news);
      if (news.length === 0 && !mayGrow(streamId)) {
        this.#streamIds.delete(streamId);
        for (const { takeId } of takes) {
          this.#confirmed.delete(takeId);
        }
      }
    }
    return unconfirmed.slice(0, takesPerSnapshotMax);
  }
}
