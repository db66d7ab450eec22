import type { Page } from '@playwright/test';
import { installCaptureWitness, witnessed } from './fixtures/capture-witness';
import { goBy } from './fixtures/goes-by';
import { firstRenditions } from './fixtures/media-clock';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { paintedTimesMs, type Silence, silencesIn } from './fixtures/recorded-media';
import { TcpProxy } from './fixtures/tcp-proxy';
import { expect, test } from './fixtures/zyzz-test';

const cutMs = 8000;
const twoFramesMs = 67;
const silenceMsMax = 25;

const shownMs = async (page: Page) => {
  const { frames } = await readPaintedFrames(page, { frames: 1, patienceMs: 40_000 });
  return frames[0]?.paintedMs ?? Number.NaN;
};

/**
 * Stretches in which the camera painted more than three frames and the recording shows nothing of them. Two were once missing
 * on a busy machine, whether dropped before the recorder or after is not known; a chunk that is lost takes with it what follows up to the next keyframe, and the sound beside it.
 */
function missingPictures(recordedMs: number[], paintedAtMs: number[]): string[] {
  return recordedMs.flatMap((time, index) => {
    const before = recordedMs[index - 1] ?? time;
    const missing = paintedAtMs.filter((painted) => painted > before + 20 && painted < time - 20);
    return time - before > twoFramesMs && missing.length > 3 ? [`${missing.length} in ${time - before} ms`] : [];
  });
}

/** Silences that the microphone itself did not have. */
function missingSound(recorded: Silence[], given: Silence[]): Silence[] {
  return recorded.filter(
    ({ atMs, lengthMs }) =>
      lengthMs > silenceMsMax &&
      !given.some((own) => Math.abs(own.atMs - atMs) < 1500 && own.lengthMs > lengthMs - silenceMsMax),
  );
}

test('a broadcaster whose line is dead for 8 s loses nothing, and everyone is told', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  test.setTimeout(150_000);
  const nodePort = Number(new URL(zyzz.nodeUrl()).port);
  await using line = await TcpProxy.start({ port: nodePort });
  await using onAir = await OnAir.start(browser, {
    baseUrl: zyzz.baseUrl,
    kind: 'video',
    prepare: async (context) => {
      await goBy(context, { from: nodePort, to: line.port });
      await installCaptureWitness(context);
    },
  });
  const booth = onAir.page;
  await fan.goto(`/event/${onAir.eventId}`);
  await shownMs(fan);
  const notice = fan.getByRole('region', { name: 'Player' }).getByRole('status');

  const cutAtMs = Date.now();
  line.cut('silent');
  await expect(notice.filter({ hasText: /dropped out|Tuning in/ })).toBeVisible();
  await expect(booth.getByText('Holding your place')).toBeVisible();
  await expect.poll(() => Date.now()).toBeGreaterThan(cutAtMs + cutMs);
  line.resume();
  const resumedAtMs = Date.now();

  await expect(booth.getByText('Holding your place')).toBeHidden({ timeout: 30_000 });
  await expect(booth.getByText('Every word so far is stored')).toBeVisible({ timeout: 30_000 });
  await expect.poll(() => shownMs(fan), { timeout: 30_000 }).toBeGreaterThan(resumedAtMs);
  await expect(notice).toHaveCount(0);
  await onAir.end();

  const given = await witnessed(booth);
  const { playback } = await onAir.stream();
  const { video, audio } = await firstRenditions(playback?.recording ?? '');
  const frames = paintedTimesMs(video);
  const recordedMs = frames.filter((time) => time !== null);
  expect(frames.length - recordedMs.length).toBeLessThan(frames.length / 50);
  expect(recordedMs).toEqual(recordedMs.toSorted((a, b) => a - b));
  expect(recordedMs[0]).toBeLessThan(cutAtMs);
  expect(recordedMs.at(-1)).toBeGreaterThan(resumedAtMs);
  expect(missingPictures(recordedMs, given.paintedAtMs)).toEqual([]);
  // Before the cut a recorder that starts up on a busy machine may drop sound that its witness has.
  const sinceCut = ({ atMs }: Silence) => (recordedMs[0] ?? Number.NaN) + atMs > cutAtMs - 1000;
  expect(missingSound(silencesIn(audio), silencesIn(given.sound)).filter(sinceCut)).toEqual([]);
});
