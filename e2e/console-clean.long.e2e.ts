import type { Page } from '@playwright/test';
import { OnAir } from './fixtures/on-air';
import { signInLocally } from './fixtures/sign-in';
import { expect, test } from './fixtures/zyzz-test';

/** What a page complains of while it is open: errors of its own, and answers and connections of ours that failed. */
function watchComplaints(page: Page, isOurs: (url: string) => boolean) {
  let complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && isOurs(response.url())) {
      complaints.push(`${response.status()}: ${response.url()}`);
    }
  });
  page.on('requestfailed', (request) => {
    // What a page asked for and let go of itself is no fault.
    const reason = request.failure()?.errorText ?? '';
    if (isOurs(request.url()) && !reason.includes('ERR_ABORTED')) {
      complaints.push(`${reason}: ${request.url()}`);
    }
  });
  return {
    take: () => {
      const taken = complaints;
      complaints = [];
      return taken;
    },
  };
}

/** React has taken the page over, and what plays there plays. */
async function untilAlive(page: Page) {
  await page.waitForFunction(() => Object.keys(document.documentElement).some((key) => key.startsWith('__react')));
  await page.waitForLoadState('load');
  await page.waitForFunction(() => [...document.querySelectorAll('video')].every((video) => video.currentTime > 0));
}

test('no page complains in the console or asks for what is not there, signed in or out', async ({
  browser,
  context,
  page,
  zyzz,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'audio' });
  const { owner } = await onAir.stream();
  const event = `/event/${onAir.eventId}`;
  const forAll = [
    '/',
    '/sign-in',
    event,
    `/watch/${onAir.streamId}`,
    `/embed/${onAir.streamId}`,
    `/user/${owner.id}`,
    '/privacy',
    '/terms',
  ];
  const forMembers = [`${event}/go-live`, '/events/new', '/studio', '/settings'];
  const origins = [zyzz.baseUrl, zyzz.nodeUrl()].map((url) => new URL(url).origin);
  const isOurs = (url: string) => origins.includes(new URL(url).origin);

  const found: Record<string, string[]> = {};
  const visit = async (visitor: Page, who: string, paths: string[]) => {
    const complaints = watchComplaints(visitor, isOurs);
    for (const path of paths) {
      await visitor.goto(path);
      await untilAlive(visitor);
      const taken = complaints.take();
      if (taken.length > 0) {
        found[`${who} ${path}`] = taken;
      }
      complaints.take();
    }
  };
  await visit(page, 'signed out', forAll);
  await signInLocally(context.request, 'Fan');
  await visit(page, 'signed in', [...forAll, ...forMembers]);
  await visit(await onAir.context.newPage(), 'owner', [event, `${event}/edit`, `${event}/go-live`, '/studio']);
  expect(found).toEqual({});
  expect((await context.request.get('/favicon.ico')).status()).toBe(200);
});
