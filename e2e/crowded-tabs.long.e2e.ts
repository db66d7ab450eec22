import type { Page } from '@playwright/test';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { expect, test } from './fixtures/zyzz-test';

const picture = { width: 256, height: 144 };

/** Of the newest playlist requests that a page sent: does any wait at the origin for what does not exist yet? */
function watchPlaylists(page: Page) {
  const newest: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('media.m3u8')) {
      newest.push(request.url());
      newest.splice(0, newest.length - 6);
    }
  });
  return { waits: () => newest.length < 6 || newest.some((url) => url.includes('_HLS_msn=')) };
}

const advances = async (page: Page) => {
  const { frames } = await readPaintedFrames(page, { frames: 15, patienceMs: 45_000 });
  expect(new Set(frames.map(({ paintedMs }) => paintedMs)).size).toBeGreaterThan(8);
};

test('over plain HTTP/1.1 four tabs of one event all play', async ({ browser, context, zyzz }) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video', picture });
  const tabs = await Promise.all([1, 2, 3, 4].map(() => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(`/event/${onAir.eventId}`)));
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(tabs.map(advances));
  }
});

test('a tab that gets no connection plays on without waiting at the origin, and says nothing of it', async ({
  browser,
  context,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video', picture });
  const playlists = watchPlaylists(fan);
  await fan.goto(`/event/${onAir.eventId}`);
  await advances(fan);
  expect(playlists.waits()).toBe(true);

  // What the players of other streams in other tabs do: five of the six connections always wait for a segment.
  const { playback } = await onAir.stream();
  const rendition = /^[^#\s].*media\.m3u8/m.exec(await (await fetch(playback?.hls ?? '')).text())?.[0] ?? '';
  const others = await context.newPage();
  await others.goto('/privacy');
  await others.evaluate((url) => {
    const waitOn = async () => {
      for (let asked = 0; ; asked += 1) {
        const text = await (await fetch(url, { cache: 'no-store' })).text();
        const first = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
        const next = first + (text.match(/#EXTINF/g)?.length ?? 0);
        await fetch(`${url}?_HLS_msn=${next + 1}&asked=${asked}`, { cache: 'no-store' });
      }
    };
    for (let connection = 0; connection < 5; connection += 1) {
      void waitOn();
    }
  }, new URL(rendition, playback?.hls).href);

  await expect.poll(playlists.waits, { timeout: 60_000 }).toBe(false);
  await advances(fan);
  await advances(fan);
  await expect(fan.getByRole('region', { name: 'Player' }).getByRole('alert')).toHaveCount(0);
  await others.close();
});
