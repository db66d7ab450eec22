import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { OnAir } from './fixtures/on-air';
import { expect, test } from './fixtures/zyzz-test';

/** Seconds that the recording's playlist lists. */
async function listedSeconds(page: Page, recordingUrl: string): Promise<number> {
  const multivariant = await (await page.request.get(recordingUrl)).text();
  const uri = multivariant.split('\n').find((line) => /^[a-z0-9]+p\/recording\.m3u8/.test(line)) ?? '';
  const playlist = await (await page.request.get(new URL(uri, recordingUrl).href)).text();
  return [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

test('a recording is downloaded by anyone, and trimmed and widened again by its owner', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video', streamName: 'नेपाली आवाज' });
  await expect
    .poll(async () => (await onAir.stream()).wholeRecordingSeconds, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(8);
  await onAir.end();
  const { playback } = await onAir.stream();
  const recordingUrl = playback?.recording ?? '';
  const wholeSeconds = await listedSeconds(fan, recordingUrl);

  await test.step('the files are made in the background, and one is saved under the stream’s name', async () => {
    await fan.goto(`/watch/${onAir.streamId}`);
    const picture = fan.getByRole('link', { name: /^Download \d+p/ });
    await expect(picture).toBeVisible({ timeout: 30_000 });
    await expect(fan.getByRole('link', { name: /^Download sound/ }).first()).toBeVisible();
    const [download] = await Promise.all([fan.waitForEvent('download'), picture.click()]);
    expect(download.suggestedFilename()).toMatch(/^नेपाली आवाज \(\d+p\)\.mp4$/);
    const bytes = await readFile(await download.path());
    expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    await expect(fan.locator('video')).toHaveAttribute('poster', /poster\.jpg/, { timeout: 30_000 });
  });

  await test.step('the owner trims it in the studio, and shows all of it again', async () => {
    await onAir.page.goto('/studio');
    const own = onAir.page
      .getByRole('listitem')
      .filter({ has: onAir.page.locator(`[href="/watch/${onAir.streamId}"]`) });
    await own.getByRole('button', { name: 'Trim' }).click();
    await own.getByRole('textbox', { name: 'Starts at' }).fill('0:04');
    await own.getByRole('button', { name: 'Trim' }).click();
    await expect(own.getByText(/of 0:\d\d shown/)).toBeVisible();
    await expect.poll(() => listedSeconds(fan, recordingUrl)).toBeLessThanOrEqual(wholeSeconds - 3);
    await own.getByRole('button', { name: 'Trim' }).click();
    await own.getByRole('button', { name: 'Show all of it' }).click();
    await expect.poll(() => listedSeconds(fan, recordingUrl)).toBeCloseTo(wholeSeconds, 1);
  });
});
