import { audioClockErrors, firstRenditions, videoClockErrors } from './fixtures/media-clock';
import { readPaintedFrames } from './fixtures/painted-frames';
import { percentile } from './fixtures/percentile';
import { signInLocally } from './fixtures/sign-in';
import { installTimeCamera } from './fixtures/time-camera';
import { trpcClient } from './fixtures/trpc-client';
import { expect, test } from './fixtures/zyzz-test';

const spreadMsMax = 30;

test('a broadcaster goes live in the browser, a fan sees it moments later, and its clock is true', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  test.setTimeout(240_000);
  await using booth = await browser.newContext({ baseURL: zyzz.baseUrl });
  await installTimeCamera(booth, { width: 320, height: 180, pageClockShiftMs: 5000 });
  const publisher = await booth.newPage();
  await signInLocally(publisher.request, 'Asha Tamang');
  const api = trpcClient(publisher.request, zyzz.baseUrl);
  const event = await api.events.create.mutate({ name: 'Final of the valley cup', runningNow: true });

  await test.step('go live with camera and microphone', async () => {
    await publisher.goto(`/event/${event.id}/go-live`);
    await publisher.getByRole('textbox', { name: 'Stream name' }).fill('Nepali from the stand');
    await publisher.getByRole('radio', { name: 'Camera' }).check();
    await publisher.getByRole('button', { name: 'Go live' }).click();
    await expect(publisher.getByText('ON AIR').first()).toBeVisible();
  });

  await test.step('watch from another browser', async () => {
    await fan.goto(`/event/${event.id}`);
    const voices = fan.getByRole('list', { name: 'Commentators' });
    await voices.getByRole('button', { name: /Nepali from the stand/ }).click();
    // The figure itself is the benchmark's. A busy machine begins late and has to catch up first.
    await expect(async () => {
      const { frames, unreadable } = await readPaintedFrames(fan, { frames: 30, patienceMs: 45_000 });
      const latenciesMs = frames.map(({ shownAtMs, paintedMs }) => shownAtMs - paintedMs);
      expect(unreadable).toBeLessThan(6);
      expect(percentile(latenciesMs, 0)).toBeGreaterThan(0);
      expect(percentile(latenciesMs, 0.5)).toBeLessThan(4000);
    }).toPass({ timeout: 60_000 });
  });

  await test.step('the event clock is true, though the page’s own clock is 5 s wrong', async () => {
    // Without a GPU a second page that paints costs the camera its even pace, and this asks for the clock's, not the camera's.
    await fan.goto('about:blank');
    const [stream] = await api.streams.listForEvent.query({ eventId: event.id });
    const { video, audio } = await firstRenditions(stream?.playback?.hls ?? '');
    // The last eight seconds, until a calm one is found: a busy machine starves the camera and the microphone of this test.
    const lastSegments = 4;
    await expect(async () => {
      const picture = await videoClockErrors(video, lastSegments);
      const sound = await audioClockErrors(audio, lastSegments);
      expect(picture.errorsMs.length).toBeGreaterThan(60);
      expect(sound.errorsMs.length).toBeGreaterThan(2);
      for (const [what, { errorsMs }] of Object.entries({ picture, sound })) {
        const [low, high] = [percentile(errorsMs, 0.05), percentile(errorsMs, 0.95)];
        expect(Math.abs(high), `${what}: p95`).toBeLessThanOrEqual(60);
        expect(high - low, `${what}: p5 ${low}, p95 ${high}`).toBeLessThanOrEqual(spreadMsMax);
      }
    }).toPass({ timeout: 90_000 });
  });

  await test.step('end it', async () => {
    await publisher.getByRole('button', { name: 'End stream' }).click();
    await publisher.getByRole('button', { name: 'End it' }).click();
    await expect
      .poll(async () => (await api.streams.listForEvent.query({ eventId: event.id, includeEnded: true }))[0]?.state)
      .toBe('ended');
  });
});
