import type { Browser, BrowserContext } from '@playwright/test';
import { installTimeCamera } from '../e2e/fixtures/time-camera';
import type { Bench, BenchRow } from './bench-row';
import { openContext } from './measures/bench-browser';
import { markPublisher, markViewer, stationsWords } from './measures/frame-stations';
import { type GlassToGlass, glassToGlassWords, measureGlassToGlass } from './measures/glass-to-glass';
import { ProductOnAir } from './product/product-on-air';

const warmUpSeconds = 10;
const seconds = 60;

/** The two ways in which a browser captures, and what each may take. */
const captures = [
  { name: 'WebCodecs', p95Limit: 0.55, hasEncoders: true },
  { name: 'MediaRecorder', p95Limit: 0.75, hasEncoders: false },
] as const;

/** Glass to glass at 360p with the shortest delay, by either way to capture, and where the time of a frame goes. */
export const bench: Bench = {
  name: 'lowest-latency',
  async run({ browser, say }) {
    const rows: BenchRow[] = [];
    const notes: string[] = [];
    for (const { name, p95Limit, hasEncoders } of captures) {
      say(name);
      const { measured, stations } = await measure(browser, hasEncoders);
      rows.push(
        { figure: `${name}: glass to glass, p50`, unit: 's', ours: measured.latency.p50 },
        { figure: `${name}: glass to glass, p95`, unit: 's', ours: measured.latency.p95, limit: p95Limit },
        { figure: `${name}: glass to glass, max`, unit: 's', ours: measured.latency.max },
        { figure: `${name}: stalls`, unit: '', ours: measured.stalls, limit: 0 },
      );
      notes.push(glassToGlassWords(name, measured), `${name}: ${stations.join('; ')}`);
    }
    return { rows, notes };
  },
};

async function measure(
  browser: Browser,
  hasEncoders: boolean,
): Promise<{ measured: GlassToGlass; stations: string[] }> {
  const installDevices = async (context: BrowserContext) => {
    await installTimeCamera(context, { width: 640, height: 360, framesPerSecond: 30 });
    await markPublisher(context);
    if (!hasEncoders) {
      // As in browsers without encoders of their own, which record by their MediaRecorder therefore.
      await context.addInitScript(() => Reflect.deleteProperty(window, 'VideoEncoder'));
    }
  };
  await using product = await ProductOnAir.start(browser, { kind: 'video', profile: 'lowest-latency', installDevices });
  await using context = await openContext(browser);
  await markViewer(context);
  const page = await context.newPage();
  await page.goto(`${product.baseUrl}/event/${product.eventId}?stream=${product.streamId}`);
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0);
  const fromMs = Date.now() + warmUpSeconds * 1000;
  const measured = await measureGlassToGlass(page, { warmUpSeconds, seconds });
  return { measured, stations: await stationsWords(product.publisherPage, page, fromMs) };
}
