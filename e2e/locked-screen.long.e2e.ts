import { OnAir } from './fixtures/on-air';
import { expect, test } from './fixtures/zyzz-test';

/** What a page behind a locked screen is told, and what is done to its timers: none comes more often than once a second. */
const lockScreen = () => {
  Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
  Object.defineProperty(document, 'hidden', { get: () => true });
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const real = window[name].bind(window) as (handler: TimerHandler, delayMs?: number, ...args: unknown[]) => number;
    Object.assign(window, {
      [name]: (handler: TimerHandler, delayMs = 0, ...args: unknown[]) =>
        real(handler, Math.ceil(Math.max(delayMs, 1) / 1000) * 1000, ...args),
    });
  }
};

test('behind a locked screen, where timers come once a second, the voice stays at the live edge and never stalls', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'audio' });
  await fan.addInitScript(lockScreen);
  await fan.goto(`/event/${onAir.eventId}`);
  const player = fan.getByRole('region', { name: 'Player' });
  const latency = async () => Number(await player.getByTestId('latency').textContent());
  await expect.poll(latency, { timeout: 30_000 }).toBeGreaterThan(0);
  const video = player.locator('video');
  const playedFrom = await video.evaluate((element: HTMLVideoElement) => {
    const stalls = { count: 0 };
    element.addEventListener('waiting', () => {
      stalls.count += 1;
    });
    Object.assign(window, { stalls });
    return element.currentTime;
  });
  await expect
    .poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime), { timeout: 60_000 })
    .toBeGreaterThan(playedFrom + 20);
  expect(await latency()).toBeLessThan(3);
  expect(await fan.evaluate(() => Reflect.get(window, 'stalls').count)).toBeLessThanOrEqual(1);
});
