import type { Browser } from '@playwright/test';

/** One figure of a benchmark, beside the baseline's figure from the same run. */
export type BenchRow = {
  /** what was measured: `glass to glass, p95` */
  figure: string;
  /** `s`, `ms`, `MB`, `×`, … */
  unit: string;
  /** our figure; lower is better unless `higherIsBetter` */
  ours: number;
  /** the baseline's figure in the same run */
  baseline?: number;
  /** what the baseline is: `ffmpeg HLS muxer, nginx, stock hls.js` */
  baselineName?: string;
  /** what our figure must not pass */
  limit?: number;
  /** what ours divided by the baseline must not pass */
  ratioLimit?: number;
  higherIsBetter?: boolean;
};

export type BenchResult = {
  rows: BenchRow[];
  /** what helps to read the rows: distributions, the load of the machine, what a stage took */
  notes: string[];
};

export type BenchRun = {
  /** closed when the run is broken off, so that whatever waits for a page fails and takes down what it started */
  browser: Browser;
  /** says what is being measured now */
  say: (what: string) => void;
};

/**
 * A benchmark: `bench/<name>.ts` exports one as `bench`, and `npm run bench` finds it by its file. It starts what it measures,
 * takes it down again, and throws when it could not measure.
 */
export type Bench = { name: string; run(run: BenchRun): Promise<BenchResult> };
