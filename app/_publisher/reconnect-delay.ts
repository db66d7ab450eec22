export type ReconnectDelays = { firstMs: number; longestMs: number };

/**
 * How long to wait before attempt `attempt` (from 0): doubling, with half of it at random, so that the publishers of a
 * node that restarts do not all come back in the same instant.
 */
export function reconnectDelayMs(attempt: number, delays: ReconnectDelays, random: () => number): number {
  const fullMs = Math.min(delays.longestMs, delays.firstMs * 2 ** Math.min(attempt, 16));
  return fullMs / 2 + (fullMs / 2) * random();
}
