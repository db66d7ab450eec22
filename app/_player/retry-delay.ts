const firstMs = 500;
const longestMs = 8000;

/** How long a player waits before it asks again: doubling, the upper half at random, so that a crowd comes back spread out. */
export function retryDelayMs(failures: number, random: () => number): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 10));
  return fullMs / 2 + (fullMs / 2) * random();
}
