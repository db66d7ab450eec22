import type { Page } from '@playwright/test';
import { signInLocally } from '../e2e/fixtures/sign-in';
import { installTimeCamera } from '../e2e/fixtures/time-camera';
import { trpcClient } from '../e2e/fixtures/trpc-client';
import { ZyzzServer } from '../e2e/fixtures/zyzz-server';
import type { Bench } from './bench-row';
import { openContext } from './measures/bench-browser';
import { busyWords, CpuMeter } from './measures/cpu-meter';
import { spreadOf, spreadWords } from './measures/percentiles';

const broadcasts = 12;
const lookAgainMs = 10;
const patienceMs = 30_000;

type Api = ReturnType<typeof trpcClient>;

/**
 * From the click on "Go live" until whoever asks the product for the event's streams is told where this one plays, and gets
 * media there: its first part, or segment.
 */
export const bench: Bench = {
  name: 'go-live',
  async run({ browser, say }) {
    await using server = await ZyzzServer.start();
    await using context = await openContext(browser, {
      baseURL: server.baseUrl,
      permissions: ['camera', 'microphone'],
    });
    await installTimeCamera(context, { width: 640, height: 360, framesPerSecond: 30 });
    await signInLocally(context.request, 'Asha Tamang');
    const api = trpcClient(context.request, server.baseUrl);
    const meter = new CpuMeter();
    const seconds: number[] = [];
    while (seconds.length < broadcasts) {
      say(`broadcast ${seconds.length + 1} of ${broadcasts}`);
      const { id: eventId } = await api.events.create.mutate({ name: 'Kathmandu against Pokhara', runningNow: true });
      const page = await context.newPage();
      await page.goto(`/event/${eventId}/go-live`, { waitUntil: 'networkidle' });
      const [streamId] = await Promise.all([untilMedia(api, eventId), clickGoLive(page)]);
      const playableAtMs = Date.now();
      seconds.push((playableAtMs - (await clickedAtMs(page))) / 1000);
      await api.streams.end.mutate({ streamId });
      await page.close();
    }
    const spread = spreadOf(seconds);
    return {
      rows: [
        { figure: 'click on "Go live" to media, p50', unit: 's', ours: spread.p50 },
        { figure: 'click on "Go live" to media, p95', unit: 's', ours: spread.p95, limit: 1.5 },
        { figure: 'click on "Go live" to media, max', unit: 's', ours: spread.max },
      ],
      notes: [
        `${spreadWords(spread, 's')} broadcasts with a camera; ${busyWords(meter.busyCores())}`,
        'Media is the first part. Players that cannot begin with a part, as hls.js, begin with the first whole segment, 1.7 s later.',
      ],
    };
  },
};

async function clickGoLive(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Stream name' }).fill('From the stand');
  await page.getByRole('radio', { name: 'Camera' }).check();
  await page.evaluate(() => {
    const note = () => document.documentElement.setAttribute('data-clicked-at-ms', String(Date.now()));
    document.addEventListener('click', note, { capture: true, once: true });
  });
  await page.getByRole('button', { name: 'Go live' }).click();
}

/** By the page itself: the test driver has its own delay before it clicks. */
async function clickedAtMs(page: Page): Promise<number> {
  return Number(await page.locator('html').getAttribute('data-clicked-at-ms'));
}

/** @returns the stream's id, once its media is there */
async function untilMedia(api: Api, eventId: string): Promise<string> {
  const giveUpAtMs = Date.now() + patienceMs;
  while (Date.now() < giveUpAtMs) {
    const [stream] = await api.streams.listForEvent.query({ eventId });
    if (stream?.playback && (await hasMedia(stream.playback.hls))) {
      return stream.id;
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
  throw new Error('no media half a minute after "Go live"');
}

async function hasMedia(url: string): Promise<boolean> {
  const multivariant = await textOf(url);
  const rendition = multivariant?.split('\n').find((line) => line !== '' && !line.startsWith('#'));
  if (rendition === undefined) {
    return false;
  }
  const renditionUrl = new URL(rendition, url);
  // A playlist that is asked for without a position comes with the first whole segment.
  renditionUrl.search = '_HLS_msn=0&_HLS_part=0';
  const lines = (await textOf(renditionUrl.href))?.split('\n') ?? [];
  const segment = lines.find((line) => line !== '' && !line.startsWith('#'));
  const part = lines.map((line) => /^#EXT-X-PART:.*URI="([^"]+)"/.exec(line)?.[1]).find((uri) => uri !== undefined);
  const media = part ?? segment;
  return media !== undefined && (await textOf(new URL(media, renditionUrl).href)) !== null;
}

/** @returns `null` unless it is there */
async function textOf(url: string): Promise<string | null> {
  const response = await fetch(url);
  const text = await response.text();
  return response.ok ? text : null;
}
