import type { Page } from '@playwright/test';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { expect, test } from './fixtures/zyzz-test';

/** The time painted in what the page shows now, once several frames have moved. */
async function shownMs(page: Page): Promise<number> {
  const { frames } = await readPaintedFrames(page, { frames: 5 });
  return frames[0]?.paintedMs ?? Number.NaN;
}

test('a stream that has ended plays from its beginning, outlives its node, and is gone when its owner deletes it', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video' });
  await fan.goto(`/event/${onAir.eventId}`);
  const player = fan.getByRole('region', { name: 'Player' });
  const heardLiveMs = await shownMs(fan);
  await expect.poll(() => shownMs(fan)).toBeGreaterThan(heardLiveMs + 2000);
  await onAir.end();

  await test.step('whoever heard it end is offered the recording', async () => {
    await expect(player.getByRole('status').filter({ hasText: 'Asha Tamang has finished' })).toBeVisible();
    await player.getByRole('button', { name: 'Watch again' }).click();
    await expect.poll(() => shownMs(fan)).toBeLessThan(heardLiveMs + 1000);
    await expect(onAir.page.getByText('The recording plays already')).toBeVisible();
  });

  await test.step('its link plays it from the beginning', async () => {
    await fan.goto(`/watch/${onAir.streamId}`);
    expect(await shownMs(fan)).toBeLessThan(heardLiveMs + 1000);
  });

  await test.step('and still does after its node was killed', async () => {
    await zyzz.restartNode();
    await fan.reload();
    expect(await shownMs(fan)).toBeLessThan(heardLiveMs + 1000);
  });

  await test.step('its owner deletes it in the studio, and it is gone', async () => {
    const { playback } = await onAir.stream();
    const recordingUrl = playback?.recording ?? '';
    expect((await fan.request.get(recordingUrl)).status()).toBe(200);
    await onAir.page.goto('/studio');
    const own = onAir.page
      .getByRole('listitem')
      .filter({ has: onAir.page.locator(`[href="/watch/${onAir.streamId}"]`) });
    await own.getByRole('button', { name: 'Delete' }).click();
    await own.getByRole('button', { name: 'Delete it' }).click();
    await expect(own).toHaveCount(0);
    expect((await fan.reload())?.status()).toBe(404);
    await expect(fan.getByText('its owner has removed it')).toBeVisible();
    await expect.poll(async () => (await fan.request.get(recordingUrl)).status()).toBeGreaterThanOrEqual(400);
  });
});
