/** One exchange of `ping` and `pong`: two instants of the page clock around two of the node clock, unix ms. */
export type ClockExchange = { sentAtMs: number; receivedAtMs: number; answeredAtMs: number; returnedAtMs: number };

/** `offsetMs` = node clock minus page clock; it can be wrong by half of `roundTripMs` at most. */
export type ClockSample = { offsetMs: number; roundTripMs: number };

/** The offset of one exchange, as NTP computes it (RFC 5905, section 8). */
export function clockSample(exchange: ClockExchange): ClockSample {
  const { sentAtMs, receivedAtMs, answeredAtMs, returnedAtMs } = exchange;
  return {
    offsetMs: (receivedAtMs - sentAtMs + (answeredAtMs - returnedAtMs)) / 2,
    roundTripMs: Math.max(0, returnedAtMs - sentAtMs - (answeredAtMs - receivedAtMs)),
  };
}

/** A kept sample grows less sure by this much per millisecond of age: two clocks drift apart by 50 ppm or so. */
const agingPerMs = 100e-6;

/** Keeps the sample of least round trip, and lets it age so that a drifting clock is followed. */
export class ClockOffset {
  #best: (ClockSample & { takenAtMs: number }) | null = null;
  #latestRoundTripMs: number | null = null;
  #isFixed = false;

  /** The offset of a page that is gone: what is measured now is about another clock, and changes nothing. */
  static fixed(sample: ClockSample): ClockOffset {
    const clock = new ClockOffset();
    clock.#best = { ...sample, takenAtMs: 0 };
    clock.#isFixed = true;
    return clock;
  }

  get best(): ClockSample | null {
    return this.#best;
  }

  get latestRoundTripMs(): number | null {
    return this.#latestRoundTripMs;
  }

  /** True when this exchange is now the best one known, which the node should be told. */
  add(exchange: ClockExchange): boolean {
    const sample = clockSample(exchange);
    this.#latestRoundTripMs = sample.roundTripMs;
    if (this.#isFixed) {
      return false;
    }
    const best = this.#best;
    const agedMs = best === null ? Number.POSITIVE_INFINITY : (exchange.returnedAtMs - best.takenAtMs) * agingPerMs;
    if (best !== null && sample.roundTripMs >= best.roundTripMs + agedMs) {
      return false;
    }
    this.#best = { ...sample, takenAtMs: exchange.returnedAtMs };
    return true;
  }
}
