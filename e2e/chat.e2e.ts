import type { Page } from '@playwright/test';
import { OnAir } from './fixtures/on-air';
import { signInLocally } from './fixtures/sign-in';
import { TcpProxy } from './fixtures/tcp-proxy';
import { expect, test } from './fixtures/zyzz-test';

const log = (page: Page) => page.getByRole('log', { name: 'Messages' });
const lineOf = (page: Page, text: string) => log(page).getByRole('listitem').filter({ hasText: text });
/** Taken by the server: it has its place in the log. */
const stored = (page: Page, text: string) => lineOf(page, text).and(page.locator('[data-sequence]'));
const textsOf = async (page: Page) => await log(page).locator('[data-sequence] p').allTextContents();

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

test('two people chat both ways, across a cut line, as text, and nobody hears of what they have not seen', async ({
  browser,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'audio' });
  // The fan reaches the web through a line of his own; the stream comes by another.
  await using line = await TcpProxy.start({ port: Number(new URL(zyzz.baseUrl).port) });
  await using home = await browser.newContext({ baseURL: `http://localhost:${line.port}` });
  await signInLocally(home.request, 'Binod Rai');
  const fan = await home.newPage();
  const booth = onAir.page;
  await fan.goto(`/event/${onAir.eventId}`);
  const player = fan.getByRole('region', { name: 'Player' });
  await expect(player.getByRole('button', { name: 'Pause' })).toBeVisible();

  await test.step('each reads the other, in one order', async () => {
    await say(fan, 'Can you hear me?');
    await expect(stored(booth, 'Can you hear me?')).toContainText('Binod Rai');
    await say(booth, 'Loud and clear');
    await expect(stored(fan, 'Loud and clear')).toContainText('Asha Tamang');
    await say(fan, 'What a start');
    await expect(stored(booth, 'What a start')).toBeVisible();
    await expect(stored(fan, 'What a start')).toBeVisible();
    expect(await textsOf(fan)).toEqual(['Can you hear me?', 'Loud and clear', 'What a start']);
    expect(await textsOf(booth)).toEqual(await textsOf(fan));
  });

  await test.step('HTML is text', async () => {
    const html = '<b id="bold">bold</b><img src=x onerror="document.title=1">';
    await say(booth, html);
    await expect(stored(fan, html)).toBeVisible();
    for (const page of [booth, fan]) {
      await expect(log(page).locator('#bold, img[src="x"]')).toHaveCount(0);
    }
  });

  await test.step('lines written while the line was cut come once, when it is back', async () => {
    line.cut('reset');
    await expect(fan.getByText('Finding the line again')).toBeVisible();
    await say(fan, 'Written in the tunnel');
    await expect(lineOf(fan, 'Written in the tunnel')).toContainText('Sending');
    await say(booth, 'Six over the pavilion');
    line.resume();
    await expect(stored(booth, 'Written in the tunnel')).toBeVisible();
    await expect(stored(fan, 'Six over the pavilion')).toBeVisible();
    await say(fan, 'Back again');
    await expect(stored(booth, 'Back again')).toBeVisible();
    await expect(stored(fan, 'Back again')).toBeVisible();
    const lastThree = ['Six over the pavilion', 'Written in the tunnel', 'Back again'];
    expect((await textsOf(booth)).slice(-3)).toEqual(lastThree);
    expect((await textsOf(fan)).slice(-3)).toEqual(lastThree);
  });

  await test.step('who has rewound does not read what is said of later', async () => {
    const dial = player.getByRole('slider', { name: 'Time' });
    await dial.press('Home');
    await expect(player.getByRole('button', { name: 'Go to live' })).toHaveAttribute('aria-pressed', 'false');
    await say(booth, 'He is out!');
    await expect(stored(booth, 'He is out!')).toBeVisible();
    // His own line comes after it in the log, so his page has both; his own alone is shown.
    await say(fan, 'I am still in the first over');
    await expect(stored(fan, 'I am still in the first over')).toBeVisible();
    await expect(lineOf(fan, 'He is out!')).toHaveCount(0);
    await player.getByRole('button', { name: 'Go to live' }).click();
    await expect(stored(fan, 'He is out!')).toBeVisible();
    expect(await textsOf(fan)).toEqual(await textsOf(booth));
  });
});
