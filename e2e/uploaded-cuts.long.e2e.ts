import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signInLocally } from './fixtures/sign-in';
import { expect, test } from './fixtures/zyzz-test';

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
      if (video.currentTime !== still.atSeconds || still.sinceMs === 0) {
        still = { atSeconds: video.currentTime, sinceMs: performance.now() };
      }
      if (video.ended || performance.now() - still.sinceMs > 15_000) {
        resolve({ playedSeconds: video.currentTime, longestStillMs, error });
        return;
      }
      // Until it begins it does not stand still.
      longestStillMs = video.currentTime === 0 ? 0 : Math.max(longestStillMs, performance.now() - still.sinceMs);
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
  // A page of our origin without a policy of its own: from an empty one a browser reaches nothing on this machine.
  await page.goto('/healthz');
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js') });
  const played = await page.evaluate(playToTheEnd, String(new URL(new URL(videoUrl).pathname, zyzz.baseUrl)));
  expect(played.error).toBeNull();
  expect(played.playedSeconds).toBeGreaterThan(9.8);
  expect(played.longestStillMs).toBeLessThan(500);
});
