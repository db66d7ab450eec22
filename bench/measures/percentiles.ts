/** The value below which `share` (0 to 1) of the samples lie; nearest rank, so it is always a value that was measured. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export type Spread = { p50: number; p95: number; max: number; count: number };

/** What is told of a set of samples. Throws when there are none: nothing was measured then. */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0 || samples.some((sample) => !Number.isFinite(sample))) {
    throw new Error(`nothing was measured: ${samples.length} samples, of which some are no numbers`);
  }
  return {
    p50: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
    max: percentile(samples, 1),
    count: samples.length,
  };
}

/** `p50 0.61, p95 0.66, max 0.70 s of 1800` */
export function spreadWords({ p50, p95, max, count }: Spread, unit: string): string {
  const digits = (value: number) => value.toFixed(2);
  return `p50 ${digits(p50)}, p95 ${digits(p95)}, max ${digits(max)} ${unit} of ${count}`;
}
