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

/**
 * Frame after frame of the stream is shown, each once, and the time painted in them goes on and never steps back. How
 * many different pictures there are among them is the camera's: beside four players it paints fewer than are sent.
 */
async function advances(page: Page): Promise<void> {
  const { frames } = await readPaintedFrames(page, { frames: 15, patienceMs: 45_000 });
  expect(new Set(frames.map(({ mediaTimeSeconds }) => mediaTimeSeconds)).size).toBe(frames.length);
  const paintedMs = frames.map((frame) => frame.paintedMs);
  expect(paintedMs).toEqual(paintedMs.toSorted((a, b) => a - b));
  expect(paintedMs.at(-1)).toBeGreaterThan(paintedMs[0] ?? Number.NaN);
}

/** How much of the time that passed was played, as a share: 1 is the speed of life. */
async function pace(tab: Page): Promise<number> {
  const look = async () => (await readPaintedFrames(tab, { frames: 1, patienceMs: 45_000 })).frames[0];
  const first = await look();
  await expect.poll(() => Date.now()).toBeGreaterThan((first?.shownAtMs ?? Number.NaN) + 5000);
  const last = await look();
  const passedMs = (last?.shownAtMs ?? Number.NaN) - (first?.shownAtMs ?? 0);
  return ((last?.paintedMs ?? Number.NaN) - (first?.paintedMs ?? 0)) / passedMs;
}

test('over plain HTTP/1.1 four tabs of one event all play, for some of them give their connections back', async ({
  browser,
  context,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video', picture });
  const tabs = await Promise.all([1, 2, 3, 4].map(() => context.newPage()));
  const playlists = tabs.map(watchPlaylists);
  await Promise.all(tabs.map((tab) => tab.goto(`/event/${onAir.eventId}`)));
  await Promise.all(tabs.map(advances));
  await expect.poll(() => playlists.some(({ waits }) => !waits()), { timeout: 60_000 }).toBe(true);
  // A tab that gives way stumbles once; then all of them play at the speed of life, at the same time.
  await expect(async () => {
    expect(Math.min(...(await Promise.all(tabs.map(pace))))).toBeGreaterThan(0.9);
  }).toPass({ timeout: 90_000 });
  await Promise.all(tabs.map(advances));
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
