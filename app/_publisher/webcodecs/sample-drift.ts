/** Half a second of sound: a starved audio thread stamps single samples tens of milliseconds late. */
const remembered = 50;
/** a difference as small as this is left alone */
const quietMs = 5;
/** set right by so much with each packet, one part in forty: nobody hears it */
const stepMs = 0.5;
/** sound that is missing altogether leaves a gap, which is told at once */
const gapMs = 150;

/**
 * How far the sound, counted in samples, is from the times at which it was captured. A sound card's clock runs a little fast or
 * slow; over an hour that is a fifth of a second.
 */
export class SampleDrift {
  readonly #seenMs: number[] = [];
  #driftMs = 0;

  /** @param driftMs capture time of a sample minus its time by counting */
  seen(driftMs: number): void {
    this.#seenMs.push(driftMs);
    if (this.#seenMs.length > remembered) {
      this.#seenMs.shift();
    }
  }

  /** What is to be added to the counted time of the next packet; it follows slowly, but for gaps. */
  nextMs(): number {
    const offMs = this.#leastOfLateMs() - this.#driftMs;
    if (offMs > gapMs) {
      this.#driftMs += offMs;
    } else if (Math.abs(offMs) > quietMs) {
      this.#driftMs += Math.sign(offMs) * stepMs;
    }
    return this.#driftMs;
  }

  /** A sample is stamped late and never early, so the least of some is true; but after a gap all are later. */
  #leastOfLateMs(): number {
    return this.#seenMs.length === 0 ? this.#driftMs : Math.min(...this.#seenMs);
  }
}
