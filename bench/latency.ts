import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { LineShape } from '../e2e/fixtures/shaped-pipe';
import { installTimeCamera } from '../e2e/fixtures/time-camera';
import type { LatencyProfile } from '../stream-node/contract/profiles';
import { BaselineOnAir } from './baseline/baseline-on-air';
import { baselineName } from './baseline/hls-muxer-server';
import type { Bench, BenchRow } from './bench-row';
import { openContext } from './measures/bench-browser';
import { type GlassToGlass, glassToGlassWords, type Measurement, measureGlassToGlass } from './measures/glass-to-glass';
import { ProductOnAir } from './product/product-on-air';

const goodLine: Measurement = { warmUpSeconds: 10, seconds: 60 };
const poorLine: Measurement = { warmUpSeconds: 20, seconds: 60 };
/** each way; a phone on a train, about */
const poorShape: LineShape = { delayMs: 40, jitterMs: 20, hiccup: { everyMs: 10_000, lastsMs: 400 } };

const installDevices = (context: BrowserContext) =>
  installTimeCamera(context, { width: 640, height: 360, framesPerSecond: 30 });

/** Glass to glass through the real pages: from the painting of a frame in the camera to its showing at a viewer. */
export const bench: Bench = {
  name: 'latency',
  async run({ browser, say }) {
    say('the baseline');
    const baseline = await baselineLatency(browser, goodLine);
    say('balanced');
    const balanced = await productLatency(browser, 'balanced', goodLine);
    say('the baseline on the poor line');
    const poorBaseline = await baselineLatency(browser, poorLine, poorShape);
    say('balanced on the poor line');
    const poor = await productLatency(browser, 'balanced', poorLine, poorShape);
    return {
      rows: [
        ...rowsOf('balanced', balanced, baseline, { limit: 1, ratioLimit: 0.15 }),
        ...rowsOf('balanced, poor line', poor, poorBaseline, { limit: 1.8 }),
      ],
      notes: [
        glassToGlassWords('baseline', baseline),
        glassToGlassWords('balanced', balanced),
        glassToGlassWords('baseline, poor line', poorBaseline),
        glassToGlassWords('balanced, poor line', poor),
        'Poor line: between both pages and the node, 40 ms each way, ±20 ms, nothing passes for 400 ms every 10 s.',
      ],
    };
  },
};

async function baselineLatency(browser: Browser, measurement: Measurement, line?: LineShape): Promise<GlassToGlass> {
  await using baseline = await BaselineOnAir.start(browser, { kind: 'video', installDevices, line });
  await using context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(baseline.viewerUrl);
  await untilPlaying(page);
  return await measureGlassToGlass(page, measurement);
}

async function productLatency(
  browser: Browser,
  profile: LatencyProfile,
  measurement: Measurement,
  line?: LineShape,
): Promise<GlassToGlass> {
  await using product = await ProductOnAir.start(browser, { kind: 'video', profile, installDevices, line });
  await using context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(`${product.baseUrl}/event/${product.eventId}?stream=${product.streamId}`);
  await untilPlaying(page);
  return await measureGlassToGlass(page, measurement);
}

async function untilPlaying(page: Page): Promise<void> {
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0);
}

type Limits = { limit: number; ratioLimit?: number };

function rowsOf(what: string, ours: GlassToGlass, baseline: GlassToGlass, limits: Limits): BenchRow[] {
  const beside = (figure: 'p50' | 'p95' | 'max') => ({
    figure: `${what}: glass to glass, ${figure}`,
    unit: 's',
    ours: ours.latency[figure],
    baseline: baseline.latency[figure],
    baselineName,
  });
  return [
    beside('p50'),
    { ...beside('p95'), ...limits },
    beside('max'),
    { figure: `${what}: stalls`, unit: '', ours: ours.stalls, limit: 0, baseline: baseline.stalls, baselineName },
  ];
}
