const lookEveryMs = 20;
/** so far behind the edge it begins, and again after each halt: as our player does on a steady line, and most others further */
const bufferMs = 1500;

/** A fan's playhead without the picture: runs at the speed of life behind an edge, halts where nothing is left, and counts that. */
export class RebufferCount implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #isPlaying = false;
  #positionMs = 0;
  #lookedAtMs = performance.now();
  #playedMs = 0;
  #halts = 0;

  /** @param edgeMs where what can be played ends now, on the event clock; 0: nowhere yet */
  constructor(private readonly edgeMs: () => number) {
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** how often it halted */
  get count(): number {
    return this.#halts;
  }

  get playedMs(): number {
    return this.#playedMs;
  }

  #look(): void {
    const nowMs = performance.now();
    const passedMs = nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    const edgeMs = this.edgeMs();
    if (this.#isPlaying) {
      this.#positionMs += passedMs;
      this.#playedMs += passedMs;
      if (this.#positionMs >= edgeMs) {
        this.#positionMs = edgeMs;
        this.#isPlaying = false;
        this.#halts += 1;
      }
    } else if (edgeMs > 0 && this.#positionMs === 0) {
      this.#positionMs = edgeMs;
    } else if (edgeMs - this.#positionMs >= bufferMs) {
      this.#isPlaying = true;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
