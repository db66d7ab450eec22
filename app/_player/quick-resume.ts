/** So much lies ahead of the playhead once the part that was missing is there, in seconds: a browser plays from 0.2 s on. */
const enoughSeconds = 0.25;
/** A seek that does not help is not tried again at once, in seconds: it decodes from the last keyframe on. */
const restSeconds = 1;

/**
 * When to seek to where the playhead is, so that a player which ran dry goes on. Chromium wants twice as much media before it goes
 * on after each time it ran dry, up to three seconds of it, and forgets that when it seeks: without, a part that came 30 ms late
 * holds the picture up for as long as four more take to come.
 */
export class QuickResume {
  #isDry = false;
  #soughtAtSeconds = Number.NEGATIVE_INFINITY;

  ranDry(): void {
    this.#isDry = true;
  }

  plays(): void {
    this.#isDry = false;
  }

  /** @param aheadSeconds what is buffered ahead of the playhead. @returns true where a seek is due now */
  look(nowSeconds: number, aheadSeconds: number): boolean {
    const isDue = this.#isDry && aheadSeconds >= enoughSeconds && nowSeconds - this.#soughtAtSeconds >= restSeconds;
    if (isDue) {
      this.#soughtAtSeconds = nowSeconds;
    }
    return isDue;
  }
}
