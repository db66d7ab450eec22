import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const windowSeconds = 60;

/** What is left of a limit. */
export type LimitState = { limit: number; remaining: number; resetSeconds: number; isOver: boolean };

/**
 * How many requests a minute are taken, from each address and from each actor (a person over all their tokens, or the
 * operator token). Each web process counts by itself.
 */
export class ApiLimits {
  readonly #limiter: RateLimiterMemory;

  constructor(private readonly requestsPerMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: windowSeconds });
  }

  /** Counts one request of `who`. */
  async count(who: string): Promise<LimitState> {
    const { remainingPoints, msBeforeNext, isOver } = await this.#limiter.consume(who).then(
      (left) => ({ remainingPoints: left.remainingPoints, msBeforeNext: left.msBeforeNext, isOver: false }),
      (refusal: unknown) => {
        if (refusal instanceof RateLimiterRes) {
          return { remainingPoints: 0, msBeforeNext: refusal.msBeforeNext, isOver: true };
        }
        throw refusal;
      },
    );
    const resetSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
    return { limit: this.requestsPerMinute, remaining: remainingPoints, resetSeconds, isOver };
  }
}

/** `RateLimit-*` as draft-ietf-httpapi-ratelimit-headers-03 has them, and `Retry-After` (RFC 9110 10.2.3) once it is over. */
export function limitHeaders(state: LimitState): Record<string, string> {
  return {
    'ratelimit-limit': String(state.limit),
    'ratelimit-remaining': String(state.remaining),
    'ratelimit-reset': String(state.resetSeconds),
    ...(state.isOver ? { 'retry-after': String(state.resetSeconds) } : {}),
  };
}
