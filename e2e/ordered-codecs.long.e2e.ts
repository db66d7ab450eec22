import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { DashPlayer } from './fixtures/dash-player';
import { signInLocally } from './fixtures/sign-in';
import { trpcClient } from './fixtures/trpc-client';
import { expect, test } from './fixtures/zyzz-test';

const library = resolve(import.meta.dirname, '../node_modules/hls.js/dist/hls.min.js');

type HlsLibrary = new () => {
  loadSource(url: string): void;
  attachMedia(video: HTMLVideoElement): void;
  on(event: string, listener: (event: string, told: Record<string, unknown>) => void): void;
};

/** What a page of hls.js alone, with its own settings, tells of a stream after so many seconds of it were played. */
async function playWithHlsJs(page: Page, url: string): Promise<{ codecs: string[]; errors: string[] }> {
  const address = new URL('/hls-player', url).href;
  await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<video muted></video>' }));
  await page.goto(address);
  await page.addScriptTag({ path: library });
  await page.evaluate((playlist) => {
    const log = { codecs: [] as string[], errors: [] as string[] };
    Object.assign(window, { hlsLog: log });
    const Hls: HlsLibrary = Reflect.get(window, 'Hls');
    const hls = new Hls();
    hls.on('hlsBufferCodecs', (_event, told) => {
      for (const track of [told.audio, told.video]) {
        if (track instanceof Object) {
          log.codecs.push(String(Reflect.get(track, 'codec')));
        }
      }
    });
    hls.on('hlsError', (_event, { fatal, details }) => (fatal === true ? log.errors.push(String(details)) : 0));
    const video = document.querySelector('video');
    if (video !== null) {
      hls.loadSource(playlist);
      hls.attachMedia(video);
      void video.play();
    }
  }, url);
  await page.waitForFunction(
    () => (document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 60,
    undefined,
    { timeout: 60_000 },
  );
  return await page.evaluate(() => Reflect.get(window, 'hlsLog'));
}

test('hls.js and dash.js play the AV1 and Opus of a live job', async ({ page, browser, zyzz }) => {
  await signInLocally(page.request, 'Channel maker');
  const me = await trpcClient(page.request, zyzz.baseUrl).viewer.me.query();
  const tokens = await page.request.post(`/api/user/${me?.id}/tokens/`, { data: { name: 'jobs' } });
  expect(tokens.status(), await tokens.text()).toBe(201);
  const { token } = (await tokens.json()).data;
  const made = await page.request.post('/jobs', {
    headers: { authorization: `Bearer ${token}` },
    data: {
      Output: {
        ...{ Stream_type: 'hls', Segment_duration: 2, Fragment_duration: 1, Low_latency_mode: 1 },
        Video_outputs: [{ Codec: 'av1', Width: 320, Height: 180, Bitrate: '200k' }],
        Audio_outputs: [{ Codec: 'opus', Bitrate: '48k' }],
      },
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  const job = await made.json();
  expect(job.Job_validation_warnings.join()).toContain('few_players');
  const source = ['testsrc2=size=320x180:rate=30', 'sine=frequency=440:sample_rate=48000'];
  const encoder = spawn(
    'ffmpeg',
    [
      ...['-loglevel', 'error', ...source.flatMap((each) => ['-re', '-f', 'lavfi', '-i', each])],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '30', '-c:a', 'aac'],
      ...['-f', 'flv', `${job.RtmpIngestUrl}/${job.StreamKey}`],
    ],
    { stdio: 'ignore' },
  );
  try {
    await expect
      .poll(async () => (await fetch(job.Playback_url)).status, { timeout: 60_000, intervals: [500] })
      .toBe(200);
    const { codecs, errors } = await playWithHlsJs(page, job.Playback_url);
    expect(errors).toEqual([]);
    expect(codecs.join()).toMatch(/av01\.0\.\d\dM\.08/);
    expect(codecs.join()).toMatch(/opus/i);

    const other = await browser.newPage();
    const dash = await DashPlayer.open(other, job.Playback_url.replace('index.m3u8', 'manifest.mpd'));
    await expect.poll(() => dash.decodedSound(), { timeout: 60_000 }).toBeGreaterThan(0);
    await other.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0);
    expect((await dash.log()).errors).toEqual([]);
  } finally {
    encoder.kill('SIGKILL');
  }
});
