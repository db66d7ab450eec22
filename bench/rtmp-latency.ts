import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser } from '@playwright/test';
import { signInLocally } from '../e2e/fixtures/sign-in';
import { trpcClient } from '../e2e/fixtures/trpc-client';
import { ZyzzServer } from '../e2e/fixtures/zyzz-server';
import { viewerPage } from './baseline/baseline-pages';
import { Nginx } from './baseline/nginx';
import type { Bench, BenchRow } from './bench-row';
import { openContext } from './measures/bench-browser';
import { busyWords } from './measures/cpu-meter';
import { type GlassToGlass, type Measurement, measureGlassToGlass } from './measures/glass-to-glass';
import { spreadWords } from './measures/percentiles';
import { PaintedPush } from './product/painted-push';
import { Resources } from './resources';

const baselineMeasurement: Measurement = { warmUpSeconds: 5, seconds: 20 };
/** Ten minutes: so long a drift is to be seen. */
const ourMeasurement: Measurement = { warmUpSeconds: 10, seconds: 600 };
const baselineName = 'nginx-rtmp, HLS of 2 s segments, stock hls.js, the same push';

/** Glass to glass of an encoder's push by RTMP: from the painting of a frame to its showing at a viewer. */
export const bench: Bench = {
  name: 'rtmp-latency',
  async run({ browser, say }) {
    await using resources = new Resources();
    say('nginx-rtmp, the product and one push to both');
    const nginx = resources.use(await nginxRtmp());
    const product = await productWithStream(browser, resources);
    resources.use(PaintedPush.start([`rtmp://127.0.0.1:${nginx.rtmpPort}/live/live`, product.pushUrl]));
    say('the baseline');
    await untilSegments(`http://127.0.0.1:${nginx.port}/live.m3u8`, 4);
    const baseline = await watch(browser, `http://localhost:${nginx.port}/watch.html`, baselineMeasurement);
    say('balanced');
    const ours = await watch(browser, product.viewerUrl, ourMeasurement);
    return { rows: rowsOf(ours, baseline), notes: [noteOf('baseline', baseline), noteOf('balanced', ours)] };
  },
};

async function nginxRtmp(): Promise<AsyncDisposable & { port: number; rtmpPort: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'zyzz-rtmp-'));
  mkdirSync(join(folder, 'web'));
  copyFileSync(
    join(dirname(createRequire(import.meta.url).resolve('hls.js')), 'hls.min.js'),
    join(folder, 'web', 'hls.min.js'),
  );
  writeFileSync(join(folder, 'web', 'watch.html'), viewerPage);
  const nginx = await Nginx.start(folder, { rtmp: true });
  return {
    port: nginx.port,
    rtmpPort: nginx.rtmpPort,
    [Symbol.asyncDispose]: async () => {
      await nginx[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The real product, with a stream that waits for an encoder. */
async function productWithStream(browser: Browser, resources: Resources) {
  const { baseUrl } = resources.use(await ZyzzServer.start());
  const context = resources.use(await openContext(browser, { baseURL: baseUrl }));
  await signInLocally(context.request, 'Asha Tamang');
  const api = trpcClient(context.request, baseUrl);
  const event = await api.events.create.mutate({ name: 'Kathmandu against Pokhara', runningNow: true });
  const { stream, publish } = await untilItGoes(() =>
    api.streams.create.mutate({
      ...{ eventId: event.id, name: 'From the tower', kind: 'video', language: 'ne', record: true },
    }),
  );
  if (publish.rtmp === null) {
    throw new Error('no node takes encoders');
  }
  return {
    pushUrl: `${publish.rtmp.url}/${publish.rtmp.streamKey}`,
    viewerUrl: `${baseUrl}/event/${event.id}?stream=${stream.id}`,
  };
}

/** A node that has just started is not heard of in time by a web that has just started. */
async function untilItGoes<T>(attempt: () => Promise<T>): Promise<T> {
  const giveUpAtMs = Date.now() + 30_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > giveUpAtMs) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** hls.js joins three segments behind the edge, so that many must be there. */
async function untilSegments(playlistUrl: string, count: number): Promise<void> {
  const giveUpAtMs = Date.now() + 60_000;
  for (;;) {
    const response = await fetch(playlistUrl);
    const segments = (await response.text()).split('#EXTINF').length - 1;
    if (response.ok && segments >= count) {
      return;
    }
    if (Date.now() > giveUpAtMs) {
      throw new Error(`the baseline wrote ${segments} segments in a minute`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function watch(browser: Browser, url: string, measurement: Measurement): Promise<GlassToGlass> {
  await using context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0);
  return await measureGlassToGlass(page, measurement);
}

function rowsOf(ours: GlassToGlass, baseline: GlassToGlass): BenchRow[] {
  const beside = (figure: 'p50' | 'p95' | 'max') => ({
    ...{ figure: `glass to glass, ${figure}`, unit: 's', ours: ours.latency[figure] },
    ...{ baseline: baseline.latency[figure], baselineName },
  });
  return [
    beside('p50'),
    { ...beside('p95'), limit: 1, ratioLimit: 0.1 },
    beside('max'),
    { figure: 'p95 by p50', unit: '×', ours: ours.latency.p95 / ours.latency.p50, limit: 1.1 },
    {
      ...{ figure: `drift over ${ourMeasurement.seconds / 60} min`, unit: 's', ours: Math.abs(ours.driftSeconds) },
      limit: 0.1,
    },
    { figure: 'stalls', unit: '', ours: ours.stalls, limit: 0, baseline: baseline.stalls, baselineName },
  ];
}

function noteOf(what: string, measured: GlassToGlass): string {
  const { latency, ahead, driftSeconds, steeredSeconds, framesPerSecond, unreadableShare, busyCores } = measured;
  return [
    `${what}: glass to glass ${spreadWords(latency, 's')} frames`,
    `of it buffered ahead of the playhead ${spreadWords(ahead, 's')} samples`,
    `the median of the last fifth ${(driftSeconds * 1000).toFixed(0)} ms later than that of the first`,
    `${steeredSeconds.toFixed(0)} s at another rate than 1`,
    `${framesPerSecond.toFixed(1)} frames a second, ${(unreadableShare * 100).toFixed(1)} % unreadable`,
    busyWords(busyCores),
  ].join('; ');
}
