/**
 * Turns the timestamps of a picture track into page times. They run with the capture, but count from an instant that nobody
 * tells (measured: of a canvas from its first frame, of a camera from the start of the machine); a frame can reach the page late
 * and never early, so the least distance between a timestamp and its arrival tells it.
 */
export class CaptureStamp {
  #offsetMs = Number.POSITIVE_INFINITY;
  #count = 0;

  /** How many arrivals the offset is the least of. */
  get count(): number {
    return this.#count;
  }

  /** What is to be added to a timestamp to get its page time, by what has arrived so far; it never grows. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  arrived(timestampMs: number, arrivedMs: number): void {
    this.#offsetMs = Math.min(this.#offsetMs, arrivedMs - timestampMs);
    this.#count += 1;
  }
}
