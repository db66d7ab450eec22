import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';
import { OnAir } from './fixtures/on-air';
import { trpcClient } from './fixtures/trpc-client';
import { expect, test } from './fixtures/zyzz-test';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [1440, 360];
const narrowest = 320;
/** The rules for which it matters whether it is day or night. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** What axe finds serious or critical, as `rule: element`. */
async function seriousFaults(page: Page, rules: string[] | null): Promise<string[]> {
  // Evaluated by the debugger, which the page's content security policy does not concern.
  await page.evaluate(axeSource);
  const options: RunOptions = { resultTypes: ['violations'], ...(rules === null ? {} : { runOnly: rules }) };
  const results: AxeResults = await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`);
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

/** Looks at the page as it stands by night and day, on a phone and a desktop; and whether a small phone scrolls sideways. */
async function expectAccessible(page: Page): Promise<void> {
  const { pathname } = new URL(page.url());
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    expect.soft(await seriousFaults(page, null), `${pathname} by night, ${width} px`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    expect.soft(await seriousFaults(page, colourRules), `${pathname} by day, ${width} px`).toEqual([]);
  }
  await page.setViewportSize({ width: narrowest, height: 900 });
  const widest = await page.evaluate(() => document.documentElement.scrollWidth);
  expect.soft(widest, `${pathname} at ${narrowest} px`).toBeLessThanOrEqual(narrowest);
}

test('every page is free of serious faults for those who do not see or point, and fits a small phone', async ({
  browser,
  page: visitor,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, {
    baseUrl: zyzz.baseUrl,
    kind: 'audio',
    broadcaster: 'Chandramukhi Gurung-Shrestha',
    streamName: 'नेपाली with a name that is longer than any card would like it to be',
    eventName: 'The semi-final of the valley cup that was put off for rain',
  });
  const me = await trpcClient(onAir.context.request, zyzz.baseUrl).viewer.me.query();
  const empty = await onAir.api.events.create.mutate({ name: 'Nobody here yet' });

  const open = {
    home: '/',
    'sign in': '/sign-in',
    'sign in, after a fault': '/sign-in?error=OAuthCallback',
    'event without voices': `/event/${empty.id}`,
    'embedded player': `/embed/${onAir.streamId}`,
    'one stream': `/watch/${onAir.streamId}`,
    profile: `/user/${me?.id}`,
    privacy: '/privacy',
    terms: '/terms',
    'no such page': '/event/evt_222222222222',
  };
  for (const [name, path] of Object.entries(open)) {
    await test.step(name, async () => {
      await visitor.goto(path);
      await expectAccessible(visitor);
    });
  }

  await test.step('event with voices, rewound, and its share dialog', async () => {
    await visitor.goto(`/event/${onAir.eventId}`);
    await visitor.getByRole('slider', { name: 'Time' }).press('Home');
    await expect(visitor.getByRole('button', { name: 'Go to live' })).toHaveAttribute('aria-pressed', 'false');
    await expectAccessible(visitor);
    await visitor.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(visitor.getByRole('dialog', { name: 'Share' })).toBeVisible();
    await expectAccessible(visitor);
  });

  await test.step('the booth on air', async () => {
    await expectAccessible(onAir.page);
  });

  // The first who signs in by name is an operator.
  const own = {
    'go live': `/event/${empty.id}/go-live`,
    studio: '/studio',
    settings: '/settings',
    new: '/events/new',
    operators: '/admin',
  };
  const broadcaster = await onAir.context.newPage();
  for (const [name, path] of Object.entries(own)) {
    await test.step(name, async () => {
      await broadcaster.goto(path);
      await expectAccessible(broadcaster);
    });
  }
});
