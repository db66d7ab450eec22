import { OnAir } from './fixtures/on-air';
import { expect, test } from './fixtures/zyzz-test';

test('a listener who saves data hears the sound alone, in few requests, sees what it costs, and comes back', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video' });
  const requested: string[] = [];
  fan.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/stream/')) {
      requested.push(pathname.split('/').slice(3).join('/'));
    }
  });
  await fan.goto(`/event/${onAir.eventId}`);
  const player = fan.getByRole('region', { name: 'Player' });
  const video = player.locator('video');
  const playhead = () => video.evaluate(({ currentTime }: HTMLVideoElement) => currentTime);
  const megabytes = async () => Number(await player.getByTestId('used-megabytes').textContent());
  await expect.poll(playhead).toBeGreaterThan(1);
  await expect.poll(megabytes).toBeGreaterThan(0);

  const switched = player.getByRole('switch', { name: 'Save data' });
  await switched.click();
  await expect(switched).toBeChecked();
  const thin = () => requested.slice(requested.indexOf('thin.m3u8'));
  await expect.poll(() => thin().some((path) => /^audio64\/.*-x3\.m4s$/.test(path)), { timeout: 30_000 }).toBe(true);
  const before = await playhead();
  await expect.poll(playhead, { timeout: 30_000 }).toBeGreaterThan(before + 3);
  expect(thin().filter((path) => path.startsWith('audio64/') === false)).toEqual(['thin.m3u8']);
  expect(thin().filter((path) => /\d+\.\d+\.m4s/.test(path))).toEqual([]);
  expect(await video.evaluate((element: HTMLVideoElement) => element.videoHeight)).toBe(0);

  await switched.click();
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.videoHeight)).toBeGreaterThan(0);
  await expect(player.getByRole('button', { name: 'Go to live' })).toHaveAttribute('aria-pressed', 'true');
});
