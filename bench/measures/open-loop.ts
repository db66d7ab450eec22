/**
 * Does something `perSecond` times a second, each at its time, whether or not those before it are through: what waits is then
 * seen to wait.
 *
 * @returns milliseconds from when each was due to when it was done
 */
export async function openLoop(
  pace: { count: number; perSecond: number },
  act: (n: number) => Promise<unknown>,
): Promise<number[]> {
  const startedAtMs = performance.now();
  return await Promise.all(
    Array.from({ length: pace.count }, async (_, n) => {
      const dueMs = startedAtMs + (n * 1000) / pace.perSecond;
      await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now()));
      await act(n);
      return performance.now() - dueMs;
    }),
  );
}
