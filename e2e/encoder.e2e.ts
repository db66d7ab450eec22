import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { layoutFaults } from './fixtures/layout-faults';
import { signInLocally } from './fixtures/sign-in';
import { trpcClient } from './fixtures/trpc-client';
import { expect, test } from './fixtures/zyzz-test';

const run = promisify(execFile);

/** A short film that an encoder sends again and again: a moving picture and a tone. */
async function makeFilm(folder: string): Promise<string> {
  const path = join(folder, 'film.flv');
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=30:duration=4'];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=660:duration=4'];
  const coding = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-bf',
    '2',
    '-g',
    '30',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
  ];
  await run('ffmpeg', ['-loglevel', 'error', ...picture, ...sound, ...coding, path]);
  return path;
}

test('a broadcaster makes a stream for an encoder, is on air when it sends, and a fan watches', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  test.setTimeout(150_000);
  const folder = mkdtempSync(join(tmpdir(), 'zyzz-encoder-'));
  await using booth = await browser.newContext({ baseURL: zyzz.baseUrl });
  const publisher = await booth.newPage();
  await signInLocally(publisher.request, 'Bikash Rai');
  const api = trpcClient(publisher.request, zyzz.baseUrl);
  const event = await api.events.create.mutate({ name: 'Cup of the hills', runningNow: true });

  await publisher.goto(`/event/${event.id}/go-live`);
  await publisher.getByRole('textbox', { name: 'Stream name' }).fill('From the tower');
  await publisher.getByRole('button', { name: 'Use OBS or another encoder' }).click();
  const server = publisher.getByRole('textbox', { name: 'Server' });
  await expect(server).toHaveValue(`rtmp://localhost:${zyzz.rtmpPort}/live`);
  const whip = publisher.getByRole('textbox', { name: 'WHIP address' });
  await expect(whip).toHaveValue(new RegExp(`^${zyzz.nodeUrl()}/whip/str_`));
  const keyField = publisher.getByLabel('Stream key', { exact: true });
  await expect(keyField).toHaveAttribute('type', 'password');
  await publisher.getByRole('button', { name: 'Copy stream key' }).click();
  const streamKey = await publisher.evaluate(() => navigator.clipboard.readText());
  expect(streamKey).toBe(await keyField.inputValue());
  await expect(publisher.getByText('Waiting for it to connect')).toBeVisible();
  const regions = {
    'what to type': '[aria-label="Your encoder"]',
    'where to type it': '[aria-label="Setting it up"]',
    chat: '[aria-label="Chat"]',
  };
  expect(await layoutFaults(publisher, { regions, firstScreen: [] })).toEqual([]);

  const encoder = spawn(
    'ffmpeg',
    [
      '-loglevel',
      'error',
      '-re',
      '-stream_loop',
      '-1',
      '-i',
      await makeFilm(folder),
      '-c',
      'copy',
      '-f',
      'flv',
      `${await server.inputValue()}/${streamKey}`,
    ],
    { stdio: 'ignore' },
  );
  try {
    await expect(publisher.getByText('ON AIR').first()).toBeVisible();
    await expect(publisher.getByText(/\d+ kb\/s/)).toBeVisible();

    await fan.goto(`/event/${event.id}`);
    await fan
      .getByRole('list', { name: 'Commentators' })
      .getByRole('button', { name: /From the tower/ })
      .click();
    await expect
      .poll(() => fan.evaluate(() => document.querySelector('video')?.currentTime ?? 0), { timeout: 45_000 })
      .toBeGreaterThan(0);

    await test.step('a reload keeps the booth, and the key is not told again', async () => {
      await publisher.reload();
      await expect(publisher.getByText('ON AIR').first()).toBeVisible();
      await expect(keyField).toHaveCount(0);
    });
    await test.step('a new key cuts the old one off', async () => {
      await publisher.getByRole('button', { name: 'Make a new key' }).click();
      await publisher.getByRole('button', { name: 'Cut it off' }).click();
      await expect(publisher.getByText('Your encoder dropped out')).toBeVisible();
      expect(await keyField.inputValue()).not.toBe(streamKey);
    });
    await publisher.getByRole('button', { name: 'End stream' }).click();
    await publisher.getByRole('button', { name: 'End it' }).click();
    await expect(publisher.getByRole('heading', { name: 'Your stream is over' })).toBeVisible();
    expect(zyzz.log('stream-node-1') + zyzz.log('web')).not.toContain(streamKey);
  } finally {
    encoder.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
