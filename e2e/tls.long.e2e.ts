import type { Page } from '@playwright/test';
import { TestTlsFiles } from '../stream-node/contract/test-certificate';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { expect, test } from './fixtures/zyzz-test';

const files = new TestTlsFiles();
test.use({ zyzzOptions: { environment: files.environment }, ignoreHTTPSErrors: true });
test.afterAll(() => files[Symbol.dispose]());

/** By which protocol the page got its playlists and media, and how many answers that were. */
const mediaProtocols = async (page: Page) =>
  await page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    // A request that the player let go of before it was answered has no protocol.
    const media = entries.filter(
      ({ name, nextHopProtocol }) => /\/stream\/.*\.(m3u8|mp4|m4s)/.test(name) && nextHopProtocol !== '',
    );
    return { protocols: [...new Set(media.map((entry) => entry.nextHopProtocol))], count: media.length };
  });

const patience = { timeout: 60_000 };

async function newestPaintedMs(tab: Page): Promise<number> {
  const { frames } = await readPaintedFrames(tab, { frames: 5 });
  return Math.max(...frames.map(({ paintedMs }) => paintedMs));
}

test('over HTTPS a broadcaster goes live, and three tabs of one browser play at once over HTTP/2', async ({
  browser,
  context,
  zyzz,
}) => {
  expect(zyzz.baseUrl).toMatch(/^https:/);
  await using onAir = await OnAir.start(browser, {
    baseUrl: zyzz.baseUrl,
    kind: 'video',
    picture: { width: 320, height: 180 },
  });
  const stream = await onAir.stream();
  expect(stream.playback?.hls).toMatch(/^https:/);
  const cookies = await onAir.context.cookies();
  expect(cookies.find(({ name }) => name === '__Secure-next-auth.session-token')).toMatchObject({ secure: true });

  const tabs = await Promise.all([1, 2, 3].map(() => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(`/event/${onAir.eventId}`)));
  // Each goes on for three seconds of the camera's time while the others play; how many frames a busy machine paints is its own.
  const fromMs = Date.now();
  const goesOn = (tab: Page) => expect.poll(() => newestPaintedMs(tab), patience).toBeGreaterThan(fromMs + 3000);
  await Promise.all(tabs.map(goesOn));
  for (const tab of tabs) {
    const { protocols, count } = await mediaProtocols(tab);
    expect(protocols).toEqual(['h2']);
    expect(count).toBeGreaterThan(20);
  }
  // Three pages that decode and paint on two cores stumble as they begin; each comes back to the edge while the others play.
  const latency = (tab: Page) => tab.getByRole('region', { name: 'Player' }).getByTestId('latency');
  await Promise.all(tabs.map((tab) => expect(latency(tab)).toHaveText(/^[0-3]\./, patience)));
  await expect(onAir.page.getByTestId('viewer-count')).toHaveText('3');
});

test('who types http is led to https', async ({ page, zyzz }) => {
  await page.goto(zyzz.baseUrl.replace('https', 'http'));
  expect(page.url()).toBe(`${zyzz.baseUrl}/`);
});
