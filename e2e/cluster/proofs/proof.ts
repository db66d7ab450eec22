/** What a proof measured, beside what it may be at most. */
export type Figure = { what: string; value: number; limit: number; unit: string };

export type Proof = {
  /** by which it is asked for */
  name: string;
  what: string;
  /** Why it cannot run on this machine; null: it can. */
  isHindered?: () => string | null;
  /** @param say tells a line of what happens */
  run: (say: (line: string) => void) => Promise<Figure[]>;
};

const patienceMs = 120_000;

/** Resolves when it is true, looked at 20 times a second. @throws Error when it does not come to it */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) {
      throw new Error(`within ${patienceMs / 1000} s it did not come to this: ${what}`);
    }
    await after(50);
  }
}

export async function after(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
