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

/**
 * A benchmark: `bench/<name>.ts` exports one as `bench`, and `npm run bench` finds it by its file. It starts what it measures,
 * takes it down again, and throws when it could not measure.
 */
export type Bench = { name: string; run(): Promise<BenchRow[]> };
