import type { Page } from '@playwright/test';
import { installCaptureWitness, witnessed } from './fixtures/capture-witness';
import { goBy } from './fixtures/goes-by';
import { firstRenditions } from './fixtures/media-clock';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { type Silence, silencesIn, type TimedFrame, timedFrames } from './fixtures/recorded-media';
import { TcpProxy } from './fixtures/tcp-proxy';
import { expect, test } from './fixtures/zyzz-test';

const cutMs = 8000;
/** a slot of 30 frames a second, and the rounding of both timelines */
const slotMsMax = 36;
const silenceMsMax = 25;

const shownMs = async (page: Page) => {
  const { frames } = await readPaintedFrames(page, { frames: 1, patienceMs: 40_000 });
  return frames[0]?.paintedMs ?? Number.NaN;
};

/**
 * What a recorder gave and the recording does not show. A frame of the recording stands for all that came within its slot,
 * and a busy camera's frames come in heaps; a chunk that is lost takes with it what follows up to the next keyframe.
 */
function missingPictures(recorded: TimedFrame[], given: TimedFrame[]): string[] {
  const shownMs = new Set(recorded.map(({ paintedMs }) => paintedMs));
  const shownAtMs = given.filter(({ paintedMs }) => shownMs.has(paintedMs)).map(({ atMs }) => atMs);
  const nearestMs = (atMs: number) => Math.min(...shownAtMs.map((other) => Math.abs(other - atMs)));
  return given
    .filter(({ atMs }) => nearestMs(atMs) > slotMsMax)
    .map(({ atMs, paintedMs }) => `${paintedMs} at ${atMs} ms, ${nearestMs(atMs)} ms from the next`);
}

/** Places where the pictures step back in time; where the recorder's own do, the line is not to blame. */
function stepsBack(frames: TimedFrame[]): string[] {
  return frames.flatMap(({ paintedMs }, index) => {
    const before = frames[index - 1]?.paintedMs ?? paintedMs;
    return paintedMs < before ? [`${before} to ${paintedMs}`] : [];
  });
}

const bodyOf = async (url: string) => await (await fetch(url)).text();

/** Silences that the recorder itself did not give. */
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

  const [given, ...others] = await witnessed(booth);
  expect(others, 'one recorder session').toHaveLength(0);
  const { playback } = await onAir.stream();
  const { video, audio } = await firstRenditions(playback?.recording ?? '');
  // The last of it may still be on its way through the encoder.
  await expect.poll(() => bodyOf(video), { timeout: 30_000 }).toContain('#EXT-X-ENDLIST');
  const recorded = timedFrames(video);
  const givenFrames = timedFrames(given ?? Buffer.of());
  expect(stepsBack(givenFrames)).toEqual(expect.arrayContaining(stepsBack(recorded)));
  expect(recorded[0]?.paintedMs).toBeLessThan(cutAtMs);
  expect(recorded.at(-1)?.paintedMs).toBeGreaterThan(resumedAtMs);
  expect(missingPictures(recorded, givenFrames)).toEqual([]);
  expect(missingSound(silencesIn(audio), silencesIn(given ?? Buffer.of()))).toEqual([]);
});
