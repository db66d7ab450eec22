/** Input that pauses longer than this is a break of the publisher's line, and no output is then no fault. */
const inputPauseMs = 2000;

/**
 * Notices an encoder that puts out nothing while media arrives. Without media there is nothing to put out, so only time in
 * which input flows, or waits to be taken, counts.
 */
export class OutputWatchdog {
  private lastInputMs = Number.NEGATIVE_INFINITY;
  private silentSinceMs: number | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly timeoutMs: number,
    private readonly watched: { inputWaits: () => boolean; onSilence: () => void },
  ) {
    this.timer = setInterval(() => this.check(), Math.min(500, timeoutMs / 4));
    this.timer.unref();
  }

  input(): void {
    this.lastInputMs = performance.now();
    this.silentSinceMs ??= this.lastInputMs;
  }

  output(): void {
    this.silentSinceMs = null;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    const now = performance.now();
    const flows = now - this.lastInputMs < inputPauseMs || this.watched.inputWaits();
    if (!flows) {
      this.silentSinceMs = null;
      return;
    }
    this.silentSinceMs ??= now;
    if (now - this.silentSinceMs > this.timeoutMs) {
      this.close();
      this.watched.onSilence();
    }
  }
}
