import type { Page } from '@playwright/test';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { expect, test } from './fixtures/zyzz-test';

/** Bytes of sound that the browser has decoded for the player; Chromium alone tells. */
const decodedSound = async (fan: Page) =>
  await fan.locator('video').evaluate((video) => Reflect.get(video, 'webkitAudioDecodedByteCount') as number);

const positionMs = async (fan: Page) => {
  const { frames } = await readPaintedFrames(fan, { frames: 1 });
  return frames[0]?.paintedMs ?? Number.NaN;
};

test('a fan watches, hears, rewinds, comes back and picks a quality, and is counted while he does', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, {
    baseUrl: zyzz.baseUrl,
    kind: 'video',
    picture: { width: 426, height: 240 },
  });
  const listeners = onAir.page.getByTestId('viewer-count');
  await expect(listeners).toHaveText('0');
  await fan.goto(`/event/${onAir.eventId}`);
  const player = fan.getByRole('region', { name: 'Player' });
  const live = player.getByRole('button', { name: 'Go to live' });
  const dial = player.getByRole('slider', { name: 'Time' });

  await test.step('frames advance in their order, and there is sound', async () => {
    const { frames } = await readPaintedFrames(fan, { frames: 20 });
    const paintedMs = frames.map((frame) => frame.paintedMs);
    expect(paintedMs).toEqual(paintedMs.toSorted((a, b) => a - b));
    expect(new Set(paintedMs).size).toBeGreaterThan(10);
    await expect.poll(() => decodedSound(fan)).toBeGreaterThan(0);
  });

  await test.step('a lock screen shows the event and the voice', async () => {
    const shown = () =>
      fan.evaluate(() => {
        const { metadata, playbackState } = navigator.mediaSession;
        return { title: metadata?.title, artist: metadata?.artist, playbackState };
      });
    const wanted = { title: 'Final of the valley cup', artist: 'Asha Tamang', playbackState: 'playing' };
    await expect.poll(shown).toEqual(wanted);
  });

  await test.step('where he points on the dial he sees what is there', async () => {
    const preview = player.getByTestId('preview').locator('span').first();
    await expect
      .poll(async () => {
        // Each look asks for the newest pictures: the first one is made when the first segment is whole.
        await fan.mouse.move(0, 0);
        const box = await dial.boundingBox();
        await fan.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * 0.995, (box?.y ?? 0) + 12);
        const isThere = (await preview.count()) > 0;
        return isThere ? await preview.evaluate((element) => getComputedStyle(element).backgroundImage) : '';
      })
      .toMatch(/storyboard-.*\.jpg/);
    await fan.mouse.move(0, 0);
  });

  await test.step('he is one viewer, on his page and in the booth', async () => {
    await expect(fan.getByTestId('viewer-count')).toHaveText('1 listening');
    await expect(listeners).toHaveText('1');
  });

  await test.step('the booth shows how far behind he hears it, as his player measured', async () => {
    const health = onAir.page.getByRole('region', { name: 'Health' });
    await expect(health).toContainText(/Fans hear you after\s*\d+\.\d s/);
    await expect(health).not.toContainText('Ready to be heard after');
  });

  await test.step('programme time moves with the clock, a known time behind it', async () => {
    await expect(live).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(async () => Number(await player.getByTestId('latency').textContent())).toBeGreaterThan(0);
    const before = await positionMs(fan);
    await expect.poll(async () => (await positionMs(fan)) - before).toBeGreaterThan(1000);
    await expect(dial).toHaveAttribute('aria-valuetext', /second.* behind live/);
  });

  await test.step('a chosen quality changes the picture, and playback goes on', async () => {
    const height = async () => await fan.locator('video').evaluate((video: HTMLVideoElement) => video.videoHeight);
    const quality = player.getByRole('combobox', { name: 'Quality' });
    for (const chosen of [144, 240]) {
      await quality.selectOption(`${chosen}p`);
      await expect.poll(height).toBe(chosen);
      const before = await positionMs(fan);
      await expect.poll(async () => await positionMs(fan)).toBeGreaterThan(before);
    }
  });

  await test.step('a key on the dial rewinds; "Go to live" comes back', async () => {
    const heardLive = await positionMs(fan);
    await dial.focus();
    await dial.press('ArrowLeft');
    await dial.press('ArrowLeft');
    await expect(live).toHaveAttribute('aria-pressed', 'false');
    await expect.poll(async () => await positionMs(fan)).toBeLessThan(heardLive);
    await live.click();
    await expect(live).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(async () => Number(await player.getByTestId('latency').textContent())).toBeLessThan(4);
    expect(await positionMs(fan)).toBeGreaterThan(heardLive);
  });

  await test.step('when he leaves, he counts no more', async () => {
    await fan.goto('about:blank');
    await expect(listeners).toHaveText('0');
  });
});
