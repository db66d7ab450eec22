import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
  test.setTimeout(200_000);
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

type Watched = { playedSeconds: number; longestStillMs: number; error: string | null };

/** Plays a playlist to its end by hls.js as it comes, and notes how long the playhead stood still. Runs in the page. */
function playToTheEnd(url: string): Promise<Watched> {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const Hls = Reflect.get(window, 'Hls');
  const hls = new Hls();
  let error: string | null = null;
  hls.on('hlsError', (_name: string, data: { fatal: boolean; details: string }) => {
    error = data.fatal || data.details === 'bufferStalledError' ? data.details : error;
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  void video.play();
  return new Promise((resolve) => {
    let still = { atSeconds: 0, sinceMs: 0 };
    let longestStillMs = 0;
    const look = () => {
      if (video.currentTime !== still.atSeconds || video.currentTime === 0) {
        still = { atSeconds: video.currentTime, sinceMs: performance.now() };
      }
      if (video.ended || performance.now() - still.sinceMs > 15_000) {
        resolve({ playedSeconds: video.currentTime, longestStillMs, error });
        return;
      }
      longestStillMs = Math.max(longestStillMs, performance.now() - still.sinceMs);
      requestAnimationFrame(look);
    };
    look();
  });
}

test('two cuts of one MP4, made by copying, play through hls.js without a stall', async ({ page, zyzz }) => {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-cuts-'));
  const ffmpeg = async (...args: string[]) => {
    await promisify(execFile)('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...args]);
  };
  const [whole, first, second] = ['whole.mp4', 'first.mp4', 'second.mp4'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const sources = ['-f', 'lavfi', '-i', 'testsrc=s=320x180:r=30', '-f', 'lavfi', '-i', 'sine=440:r=48000', '-t', '10'];
  await ffmpeg(...sources, '-c:v', 'libx264', '-g', '90', '-pix_fmt', 'yuv420p', '-c:a', 'aac', whole);
  await ffmpeg('-i', whole, '-t', '5', '-c', 'copy', first);
  await ffmpeg('-i', whole, '-ss', '5', '-t', '5', '-c', 'copy', second);

  await signInLocally(page.request, 'Bina Rai');
  const { streamId } = await (await page.request.post('/api/streams/start')).json();
  for (const [sequence, path] of [first, second].entries()) {
    const buffer = await readFile(path);
    const multipart = { sequence, video_chunk: { name: 'cut.mp4', mimeType: 'video/mp4', buffer } };
    expect((await page.request.post(`/api/streams/${streamId}/upload`, { multipart })).ok()).toBe(true);
  }
  const { videoUrl } = await (await page.request.post(`/api/streams/${streamId}/stop`)).json();
  await rm(folder, { recursive: true, force: true });
  await page.goto('about:blank');
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js') });
  const played = await page.evaluate(playToTheEnd, String(new URL(new URL(videoUrl).pathname, zyzz.baseUrl)));
  expect(played.error).toBeNull();
  expect(played.playedSeconds).toBeGreaterThan(9.8);
  expect(played.longestStillMs).toBeLessThan(500);
});
