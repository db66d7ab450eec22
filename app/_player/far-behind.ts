/** Farther behind its place at the edge than this, a playhead has missed something: a break, a tunnel, a machine that stood still. */
const farSeconds = 4;
/** For so long; a playlist that was just reloaded may be ahead of what is about to be played. */
const patienceSeconds = 1;
/** Where each jump costs a stall, nothing is gained by the next one. */
const restSeconds = 10;

/**
 * Whether a follower of the live edge is to be taken there at once. What arrives while a player catches up arrives late, and
 * taken for the line's habit it would keep the playhead back for as long as it is remembered.
 */
export class FarBehind {
  #sinceSeconds: number | null = null;
  #jumpedAtSeconds = Number.NEGATIVE_INFINITY;

  /** @param behindSeconds how much further the playhead would be at its place. @returns true once for each time it is too far */
  look(nowSeconds: number, behindSeconds: number): boolean {
    if (behindSeconds <= farSeconds) {
      this.#sinceSeconds = null;
      return false;
    }
    this.#sinceSeconds ??= nowSeconds;
    const isDue =
      nowSeconds - this.#sinceSeconds >= patienceSeconds && nowSeconds - this.#jumpedAtSeconds >= restSeconds;
    if (isDue) {
      this.#sinceSeconds = null;
      this.#jumpedAtSeconds = nowSeconds;
    }
    return isDue;
  }
}
