import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { FakeFacebook } from './fixtures/fake-facebook';
import { ZyzzServer } from './fixtures/zyzz-server';

let facebook: FakeFacebook;
let zyzz: ZyzzServer;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  facebook = await FakeFacebook.start();
  zyzz = await ZyzzServer.start({ environment: facebook.environment });
});

test.afterAll(async () => {
  await zyzz?.stop();
  await facebook?.[Symbol.asyncDispose]();
});

/** From the sign-in page to Facebook's dialog. */
async function toDialog(page: Page, query = ''): Promise<void> {
  await page.goto(`${zyzz.baseUrl}/sign-in${query}`);
  await page.getByRole('button', { name: 'Continue with Facebook' }).click();
  await expect(page).toHaveTitle(/Facebook/);
}

const allow = async (page: Page) => await page.getByRole('button', { name: /^Continue as/ }).click();

async function expectFault(page: Page, title: string): Promise<void> {
  await expect(page).toHaveURL(/\/sign-in\?/);
  const fault = page.getByRole('alert').filter({ hasText: title });
  // What happened, and what to do next.
  await expect(fault).toContainText(/Continue with Facebook|Start again/);
  await expect(page.getByRole('button', { name: 'Continue with Facebook' })).toBeEnabled();
}

test('a person signs in through Facebook, stays so over a restart of the product, and signs out', async ({ page }) => {
  await toDialog(page, '?callbackUrl=%2Fstudio');
  await allow(page);
  await expect(page).toHaveURL(`${zyzz.baseUrl}/studio`);
  const menu = page.getByRole('button', { name: 'Your menu, Asha Tamang' });
  await expect(menu).toBeVisible();

  await zyzz.restart();
  await page.goto(`${zyzz.baseUrl}/settings`);
  await expect(menu).toBeVisible();

  await menu.click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.goto(`${zyzz.baseUrl}/studio`);
  await expect(page).toHaveURL(/\/sign-in\?/);
});

test('a person who does not share an e-mail address signs in all the same', async ({ page }) => {
  facebook.person = { id: '10150000000000002', name: 'Binod Rai' };
  await toDialog(page);
  await allow(page);
  await expect(page.getByRole('button', { name: 'Your menu, Binod Rai' })).toBeVisible();

  await test.step('and has Facebook ask for the deletion of their data', async () => {
    const asked = await page.request.post(`${zyzz.baseUrl}/api/facebook/data-deletion`, {
      form: { signed_request: facebook.signedRequest(facebook.person.id) },
    });
    const { url, confirmation_code: code } = await asked.json();
    expect(url).toBe(`${zyzz.baseUrl}/data-deletion/${code}`);
    await page.goto(url);
    await expect(page.getByRole('heading', { name: 'The data is deleted' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
    expect(await page.content()).not.toContain('Binod');
    expect((await page.goto(url.replace(code, '0'.repeat(code.length))))?.status()).toBe(404);
  });
});

test('whoever cancels, or comes back with a wrong state or a used code, is told what to do', async ({ page }) => {
  await test.step('cancel', async () => {
    await toDialog(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expectFault(page, 'Sign-in was cancelled');
  });

  await test.step('a state that is not the one sent along', async () => {
    await toDialog(page);
    const back = new URL(facebook.sentBack.at(-1) ?? '');
    back.searchParams.set('state', 'forged');
    await page.goto(back.href);
    await expectFault(page, 'That sign-in could not be finished');
  });

  await test.step('a code that was used before', async () => {
    await toDialog(page);
    const used = facebook.sentBack.at(-1)?.searchParams.get('code') ?? '';
    await allow(page);
    await expect(page.getByRole('button', { name: /^Your menu/ })).toBeVisible();
    await page.context().clearCookies();
    await toDialog(page);
    const back = new URL(facebook.sentBack.at(-1) ?? '');
    back.searchParams.set('code', used);
    await page.goto(back.href);
    await expectFault(page, 'That sign-in could not be finished');
  });
});
