import type { Browser, BrowserContext, Page } from '@playwright/test';
import { installTimeCamera } from '../e2e/fixtures/time-camera';
import { newId } from '../stream-node/contract/ids';
import { BaselineOnAir } from './baseline/baseline-on-air';
import { baselineName } from './baseline/hls-muxer-server';
import type { Bench } from './bench-row';
import { openContext } from './measures/bench-browser';
import { busyWords, CpuMeter } from './measures/cpu-meter';
import { expectFirstFrame, firstFrameMs } from './measures/first-frame';
import { type Spread, spreadOf, spreadWords } from './measures/percentiles';
import { ProductOnAir } from './product/product-on-air';

const joins = 24;

const installDevices = (context: BrowserContext) =>
  installTimeCamera(context, { width: 640, height: 360, framesPerSecond: 30 });

/**
 * From the click on a stream to its first frame on the screen, each time in a browser that has nothing in its cache and a
 * page that plays nothing yet. The event page has had its idle moment, in which it loads the player's code, as it has had
 * for everyone who reads before they click; the baseline's page has loaded its library too.
 */
export const bench: Bench = {
  name: 'join',
  async run({ browser, say }) {
    say('the baseline');
    const baseline = await baselineJoins(browser);
    say('clicks on the event page');
    const ours = await productJoins(browser);
    const beside = (figure: 'p50' | 'p95' | 'max') => ({
      figure: `click to first frame, ${figure}`,
      unit: 's',
      ours: ours.seconds[figure],
      baseline: baseline.seconds[figure],
      baselineName: `${baselineName}, from the start of loading`,
    });
    return {
      rows: [beside('p50'), { ...beside('p95'), limit: 1 }, beside('max')],
      notes: [
        `baseline: ${spreadWords(baseline.seconds, 's')} joins; ${busyWords(baseline.busyCores)}`,
        `event page: ${spreadWords(ours.seconds, 's')} joins; ${busyWords(ours.busyCores)}`,
      ],
    };
  },
};

type Joins = { seconds: Spread; busyCores: number };

async function productJoins(browser: Browser): Promise<Joins> {
  await using product = await ProductOnAir.start(browser, { kind: 'video', profile: 'balanced', installDevices });
  // The address names a stream that is not there, so that the page waits for a choice.
  const url = `${product.baseUrl}/event/${product.eventId}?stream=${newId('stream')}`;
  return await joinRepeatedly(browser, async (context) => {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: 'networkidle' });
    await untilAlive(page);
    await expectFirstFrame(page, 'click');
    await product.streamButton(page).click();
    return page;
  });
}

async function baselineJoins(browser: Browser): Promise<Joins> {
  await using baseline = await BaselineOnAir.start(browser, { kind: 'video', installDevices });
  return await joinRepeatedly(browser, async (context) => {
    const page = await context.newPage();
    await page.goto(`${baseline.viewerUrl}?wait`);
    await expectFirstFrame(page, 'now');
    await page.evaluate('watch()');
    return page;
  });
}

async function joinRepeatedly(browser: Browser, join: (context: BrowserContext) => Promise<Page>): Promise<Joins> {
  const meter = new CpuMeter();
  const seconds: number[] = [];
  while (seconds.length < joins) {
    await using context = await openContext(browser);
    const page = await join(context);
    seconds.push((await firstFrameMs(page)) / 1000);
  }
  return { seconds: spreadOf(seconds), busyCores: meter.busyCores() };
}

/** A page that React has not taken over yet would lose the click. */
async function untilAlive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const button = document.querySelector('button[aria-pressed]');
    return button !== null && Object.keys(button).some((key) => key.startsWith('__reactProps'));
  });
}
