import { readPaintedFrames } from './fixtures/painted-frames';
import { signInLocally } from './fixtures/sign-in';
import { installTimeCamera } from './fixtures/time-camera';
import { trpcClient } from './fixtures/trpc-client';
import { expect, test } from './fixtures/zyzz-test';

/** As a proxy does that knows no WebSockets: they fail, and plain requests pass. */
function breakIngestSockets(): void {
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(String(url).includes('/ingest') ? 'ws://127.0.0.1:9/' : url, protocols);
    }
  };
}

test('where WebSockets are blocked a broadcaster goes live by uploading files, and fans see and keep it', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using booth = await browser.newContext({ baseURL: zyzz.baseUrl });
  await booth.addInitScript(breakIngestSockets);
  await installTimeCamera(booth, { width: 320, height: 180 });
  const publisher = await booth.newPage();
  await signInLocally(publisher.request, 'Asha Tamang');
  const api = trpcClient(publisher.request, zyzz.baseUrl);
  const event = await api.events.create.mutate({ name: 'Cup behind a proxy', runningNow: true });
  await publisher.goto(`/event/${event.id}/go-live`);
  await publisher.getByRole('textbox', { name: 'Stream name' }).fill('From the office');
  await publisher.getByRole('radio', { name: 'Camera' }).check();
  await publisher.getByRole('button', { name: 'Go live' }).click();
  await expect(publisher.getByText('ON AIR').first()).toBeVisible({ timeout: 30_000 });

  await fan.goto(`/event/${event.id}`);
  await fan
    .getByRole('list', { name: 'Commentators' })
    .getByRole('button', { name: /From the office/ })
    .click();
  const { frames } = await readPaintedFrames(fan, { frames: 150, patienceMs: 60_000 });
  const paintedMs = frames.map((frame) => frame.paintedMs);
  // Some pieces long, and none of them missing.
  expect(Math.max(...paintedMs) - Math.min(...paintedMs)).toBeGreaterThan(4000);
  const latenciesMs = frames.map((frame) => frame.shownAtMs - frame.paintedMs).sort((a, b) => a - b);
  test.info().annotations.push({ type: 'p50 latency, ms', description: String(latenciesMs[frames.length >> 1]) });

  const [stream] = await api.streams.listForEvent.query({ eventId: event.id });
  const pieces = await fan.request.get(`/api/streams/${stream?.id}/live.m3u8`);
  expect(await pieces.text()).toMatch(/#EXTINF:\d\.\d{4},\nhttp/);
  await publisher.getByRole('button', { name: 'End stream' }).click();
  await publisher.getByRole('button', { name: 'End it' }).click();
  const ended = async () => (await api.streams.listForEvent.query({ eventId: event.id, includeEnded: true }))[0];
  await expect.poll(async () => (await ended())?.state).toBe('ended');
  await expect.poll(async () => (await ended())?.recordingSeconds ?? 0).toBeGreaterThan(5);
});
