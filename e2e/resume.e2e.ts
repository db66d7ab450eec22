import { goBy } from './fixtures/goes-by';
import { type WatchedSession, watchIngest } from './fixtures/ingest-watch';
import { keptSequences } from './fixtures/kept-media';
import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { TcpProxy } from './fixtures/tcp-proxy';
import { expect, test } from './fixtures/zyzz-test';

test('a broadcaster who reloads the page on air resumes the same stream, and what the line had not taken follows', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  const nodePort = Number(new URL(zyzz.nodeUrl()).port);
  await using line = await TcpProxy.start({ port: nodePort });
  await using onAir = await OnAir.start(browser, {
    baseUrl: zyzz.baseUrl,
    kind: 'video',
    picture: { width: 160, height: 90 },
    prepare: async (context) => await goBy(context, { from: nodePort, to: line.port }),
  });
  const booth = onAir.page;
  await fan.goto(`/event/${onAir.eventId}`);
  await readPaintedFrames(fan, { frames: 1, patienceMs: 40_000 });

  // The line is down when the page goes, so that something is left to send.
  line.cut('reset');
  await expect(booth.getByText('Holding your place')).toBeVisible();
  await expect.poll(async () => Object.values(await keptSequences(booth))[0]?.length).toBeGreaterThan(50);
  const [[session, sequences] = ['', []]] = Object.entries(await keptSequences(booth));
  const first = sequences[0] ?? 0;
  expect(sequences).toEqual(sequences.map((_, index) => first + index));
  booth.on('dialog', (dialog) => void dialog.accept());
  await booth.reload();
  line.resume();

  const sessions = new Map<string, WatchedSession>();
  watchIngest(booth, sessions);
  const offer = booth.getByRole('region', { name: 'Resume your broadcast' });
  await expect(offer).toContainText(onAir.streamName);
  await expect(offer).toContainText('that nobody has heard yet');
  const resumedAtMs = Date.now();
  await offer.getByRole('button', { name: 'Resume' }).click();
  await expect(booth.getByText('ON AIR').first()).toBeVisible();
  await expect(booth.getByText('All safe')).toBeVisible();

  await expect(booth.getByText('could not be kept')).toHaveCount(0);
  const rest = sessions.get(session);
  expect(rest).toMatchObject({ backfill: true, isFinished: true });
  expect(rest?.sentUpTo).toBeGreaterThanOrEqual(sequences.at(-1) ?? 0);
  expect(rest?.ackedUpTo).toBe(rest?.sentUpTo);
  expect([...sessions.values()].map(({ backfill }) => backfill).toSorted()).toEqual([false, true]);
  await expect.poll(async () => (await onAir.stream()).state).toBe('live');
  await expect
    .poll(async () => (await readPaintedFrames(fan, { frames: 1, patienceMs: 20_000 })).frames[0]?.paintedMs)
    .toBeGreaterThan(resumedAtMs);
  await onAir.end();
});

test('a tab that is killed on air leaves an offer to the next page, which ends it or goes on', async ({
  browser,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'audio' });
  const other = await onAir.context.newPage();
  await other.goto(`/event/${onAir.eventId}/go-live`);
  await expect(other.getByText('You are on air from another page')).toBeVisible();
  await expect(other.getByRole('button', { name: 'Resume' })).toHaveCount(0);

  const cdp = await onAir.context.newCDPSession(onAir.page);
  await Promise.race([cdp.send('Page.crash').catch(() => undefined), onAir.page.waitForEvent('crash')]);
  await expect(other.getByRole('region', { name: 'Resume your broadcast' })).toContainText(onAir.streamName);
  await expect(other.getByText('You are on air from another page')).toHaveCount(0);
  await other.getByRole('button', { name: 'End it' }).click();
  await expect(other.getByText(`“${onAir.streamName}” is over. Everything was sent.`)).toBeVisible();
  await expect.poll(async () => (await onAir.stream()).state).toBe('ended');
  await other.reload();
  await expect(other.getByRole('button', { name: 'Go live' })).toBeEnabled();
  await expect(other.getByRole('region', { name: 'Resume your broadcast' })).toHaveCount(0);
});
