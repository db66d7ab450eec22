import { type ReconnectDelays, reconnectDelayMs } from './reconnect-delay';

/** A node that cannot be reached this many times in a row may be gone: the web is asked where the stream is now. */
const failuresBeforeRenewal = 2;
/** So long after a break the node and the web are tried all the time: fans wait. */
const hurryMs = 10_000;
const hurriedDelayMsMax = 600;

/** When a client that lost its line tries again: soon while fans wait, later when nobody expects it any more. */
export class ReconnectTimer {
  #failures = 0;
  #lostAtMs: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: { delays: ReconnectDelays; nowMs: () => number; random: () => number }) {}

  /** Whether the node may be gone for good, and not only its line. */
  get mayBeGone(): boolean {
    return this.#failures >= failuresBeforeRenewal;
  }

  failed(): void {
    this.#lostAtMs ??= this.options.nowMs();
    this.#failures += 1;
  }

  /** The line is there again. */
  succeeded(): void {
    this.#failures = 0;
    this.#lostAtMs = null;
  }

  later(step: () => void): void {
    const { delays, random, nowMs } = this.options;
    const isHurried = this.#lostAtMs !== null && nowMs() - this.#lostAtMs < hurryMs;
    const longestMs = isHurried ? Math.min(delays.longestMs, hurriedDelayMsMax) : delays.longestMs;
    const delayMs = reconnectDelayMs(Math.max(0, this.#failures - 1), { ...delays, longestMs }, random);
    this.#timer = setTimeout(step, delayMs);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
