import type { BrowserContext, Page } from '@playwright/test';
import { DashPlayer } from './fixtures/dash-player';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { percentile } from './fixtures/percentile';
import { expect, test } from './fixtures/zyzz-test';

/** Lets the test break the booth's recorder, as a browser does that runs out of an encoder. */
async function keepRecorders(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const recorders: MediaRecorder[] = [];
    // Without it the booth records through MediaRecorder, as where a browser has no encoders of its own.
    Object.assign(window, { recorders });
    Reflect.deleteProperty(window, 'VideoEncoder');
    window.MediaRecorder = class extends MediaRecorder {
      constructor(stream: MediaStream, options?: MediaRecorderOptions) {
        super(stream, options);
        recorders.push(this);
      }
    };
  });
}

async function breakRecorder(booth: Page): Promise<void> {
  await booth.evaluate(() => {
    const recorders: MediaRecorder[] = Reflect.get(window, 'recorders');
    recorders.at(-1)?.dispatchEvent(new Event('error'));
  });
}

/** How far each frame's place on the presentation's timeline lies from the time painted in it. */
async function clockErrorsMs(page: Page): Promise<number[]> {
  const { frames } = await readPaintedFrames(page, { frames: 20 });
  return frames.map(({ mediaTimeSeconds, paintedMs }) => mediaTimeSeconds * 1000 - paintedMs);
}

const shownMs = async (page: Page) => {
  const { frames } = await readPaintedFrames(page, { frames: 3 });
  return frames.at(-1)?.paintedMs ?? Number.NaN;
};

test('dash.js plays a live stream across a break of its publisher, to its end, and then the recording', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video', prepare: keepRecorders });
  const url = (await onAir.stream()).playback?.dash ?? '';
  expect(url).toMatch(/\/manifest\.mpd$/);
  const player = await DashPlayer.open(fan, url);
  const startedMs = await shownMs(fan);

  await test.step('picture and sound, and the presentation time is the time of the event', async () => {
    await expect.poll(() => player.decodedSound()).toBeGreaterThan(0);
    const errorsMs = await clockErrorsMs(fan);
    expect(Math.abs(percentile(errorsMs, 0.5))).toBeLessThan(150);
  });

  const brokenAtMs = Date.now();
  await test.step('it goes on in the next period, on the same clock', async () => {
    await breakRecorder(onAir.page);
    await expect.poll(() => shownMs(fan), { timeout: 40_000 }).toBeGreaterThan(brokenAtMs + 2000);
    const soundBefore = await player.decodedSound();
    await expect.poll(() => player.decodedSound()).toBeGreaterThan(soundBefore);
    const errorsMs = await clockErrorsMs(fan);
    expect(Math.abs(percentile(errorsMs, 0.5))).toBeLessThan(150);
    expect(await player.log()).toMatchObject({ errors: [], periodsBegun: 2 });
  });

  await test.step('at the end of the stream it plays to the end', async () => {
    await onAir.end();
    await expect.poll(async () => (await player.log()).hasEnded, { timeout: 30_000 }).toBe(true);
    expect((await player.log()).errors).toEqual([]);
  });

  await test.step('the same address then is the recording, which plays from its beginning and across the break', async () => {
    const replay = await DashPlayer.open(fan, url);
    expect(await shownMs(fan)).toBeLessThan(startedMs + 4000);
    await expect.poll(() => replay.decodedSound()).toBeGreaterThan(0);
    const recordedSeconds = (await onAir.stream()).recordingSeconds;
    expect(Math.abs((await replay.durationSeconds()) - recordedSeconds)).toBeLessThan(1);
    await replay.seek((brokenAtMs - startedMs) / 1000 - 1);
    await expect.poll(() => shownMs(fan), { timeout: 30_000 }).toBeGreaterThan(brokenAtMs + 1500);
    expect((await replay.log()).errors).toEqual([]);
  });
});
