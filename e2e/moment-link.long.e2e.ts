import type { Page } from '@playwright/test';
import { OnAir } from './fixtures/on-air';
import { type PaintedFrame, readPaintedFrames } from './fixtures/painted-frames';
import { expect, test } from './fixtures/zyzz-test';

const patience = { timeout: 90_000 };

/** The first frames that a page shows. Few and long awaited: a machine with other work paints some in a second. */
async function firstShown(page: Page): Promise<PaintedFrame[]> {
  return (await readPaintedFrames(page, { frames: 10, patienceMs: 90_000 })).frames;
}

async function firstShownMs(page: Page): Promise<number[]> {
  return (await firstShown(page)).map((frame) => frame.paintedMs);
}

test('a link to a moment starts there, in the rewind of a live stream and in its recording', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video' });
  await fan.goto(`/event/${onAir.eventId}`);
  const [moment = Number.NaN] = await firstShownMs(fan);
  const link = `/event/${onAir.eventId}?stream=${onAir.streamId}&at=${new Date(moment).toISOString()}`;
  const shownByLink = async () => {
    await fan.goto(link);
    const frames = await firstShown(fan);
    const [first] = frames;
    for (const { paintedMs, shownAtMs } of frames) {
      expect(paintedMs).toBeGreaterThan(moment - 500);
      // A busy machine paints few frames, and they take their time.
      const playedMs = shownAtMs - (first?.shownAtMs ?? shownAtMs);
      expect(paintedMs).toBeLessThan(moment + 4000 + playedMs);
    }
  };

  // So far on that its live edge is no part of what the moment may show.
  await expect.poll(async () => Math.max(...(await firstShownMs(fan))), patience).toBeGreaterThan(moment + 9000);
  await test.step('live, and it plays on from there', async () => {
    await shownByLink();
    const player = fan.getByRole('region', { name: 'Player' });
    await expect(player.getByRole('button', { name: 'Go to live' })).toHaveAttribute('aria-pressed', 'false');
    await expect.poll(async () => Math.max(...(await firstShownMs(fan))), patience).toBeGreaterThan(moment + 2000);
  });

  await onAir.end();
  await test.step('recorded', async () => {
    await shownByLink();
  });
});
