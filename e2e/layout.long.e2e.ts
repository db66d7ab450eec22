import { layoutFaults } from './fixtures/layout-faults';
import { OnAir } from './fixtures/on-air';
import { expect, test } from './fixtures/zyzz-test';

test('on a phone and on a desk nothing lies over anything else, and the player is in the first screen', async ({
  browser,
  page: fan,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'video' });
  await fan.goto(`/event/${onAir.eventId}`);
  await expect(fan.getByRole('region', { name: 'Player' }).getByRole('slider', { name: 'Time' })).toBeVisible();
  const event = {
    picture: '[aria-label="Player"] > :first-child',
    'dial and controls': '[aria-label="Player"] > :nth-child(2)',
    voices: '[aria-label="Commentators"]',
    chat: '[aria-label="Chat"]',
  };
  expect
    .soft(await layoutFaults(fan, { regions: event, firstScreen: ['picture', 'dial and controls'] }), 'the event')
    .toEqual([]);
  const booth = { preview: 'video', listeners: '[aria-label="Listeners"]', chat: '[aria-label="Chat"]' };
  expect.soft(await layoutFaults(onAir.page, { regions: booth, firstScreen: ['preview'] }), 'the booth').toEqual([]);
});
