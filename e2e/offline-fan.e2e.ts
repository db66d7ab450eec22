import { OnAir } from './fixtures/on-air';
import { readPaintedFrames } from './fixtures/painted-frames';
import { expect, test } from './fixtures/zyzz-test';

test('a fan whose line is gone for a while plays on at the edge when it is back, without a hand', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, {
    ...{ baseUrl: zyzz.baseUrl, kind: 'video', picture: { width: 160, height: 90 } },
  });
  await fan.goto(`/event/${onAir.eventId}`);
  const shownMs = async () =>
    (await readPaintedFrames(fan, { frames: 1, patienceMs: 40_000 })).frames[0]?.paintedMs ?? 0;
  await shownMs();
  // Long enough for the library to give up, which is when the player begins anew.
  const givenUp = fan.waitForRequest(/\/index\.m3u8/, { timeout: 60_000 });
  await fan.route(/\/stream\//, (route) => route.abort());
  await givenUp;
  await fan.unroute(/\/stream\//);
  const backAtMs = Date.now();
  await expect.poll(shownMs, { timeout: 40_000 }).toBeGreaterThan(backAtMs);
});
