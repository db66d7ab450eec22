import { goBy } from './fixtures/goes-by';
import { type WatchedSession, watchIngest } from './fixtures/ingest-watch';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { TcpProxy } from './fixtures/tcp-proxy';
import { expect, test } from './fixtures/zyzz-test';

const breakMs = 11_000;

test('after a break of 11 s fans are at the live edge at once, and what they missed follows without a hole', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  const nodePort = Number(new URL(zyzz.nodeUrl()).port);
  const sessions = new Map<string, WatchedSession>();
  await using line = await TcpProxy.start({ port: nodePort });
  await using onAir = await OnAir.start(browser, {
    baseUrl: zyzz.baseUrl,
    kind: 'video',
    picture: { width: 160, height: 90 },
    prepare: async (context) => {
      await goBy(context, { from: nodePort, to: line.port });
      context.on('page', (page) => watchIngest(page, sessions));
    },
  });
  const booth = onAir.page;
  await fan.goto(`/event/${onAir.eventId}`);
  const shownMs = async () =>
    (await readPaintedFrames(fan, { frames: 1, patienceMs: 40_000 })).frames[0]?.paintedMs ?? 0;
  await shownMs();

  const cutAtMs = Date.now();
  line.cut('reset');
  await expect(booth.getByText('Holding your place')).toBeVisible();
  await expect.poll(() => Date.now()).toBeGreaterThan(cutAtMs + breakMs);
  line.resume();
  const resumedAtMs = Date.now();
  await expect.poll(() => [...sessions.values()].length, { timeout: 20_000 }).toBe(2);
  await expect.poll(shownMs, { timeout: 30_000 }).toBeGreaterThan(resumedAtMs);
  await expect(booth.getByText('All safe')).toBeVisible();

  const [missed, live] = [...sessions.values()];
  expect(live?.backfill).toBe(false);
  expect(missed).toMatchObject({ backfill: true, isFinished: true });
  expect(missed?.ackedUpTo).toBe(missed?.sentUpTo);
  expect(live?.capturedFromMs).toBeGreaterThan(resumedAtMs);
  // The old recorder goes on until the new one has begun: the two overlap, a little.
  const overlapMs = (missed?.capturedUntilMs ?? 0) - (live?.capturedFromMs ?? Number.NaN);
  expect(overlapMs).toBeGreaterThan(0);
  expect(overlapMs).toBeLessThan(2500);
  await onAir.end();
});
