import { signInLocally } from './fixtures/sign-in';
import { trpcClient } from './fixtures/trpc-client';
import { expect, test } from './fixtures/zyzz-test';

test('a person signs in by name and is known to every page from then on', async ({ page, baseURL }) => {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'Your name' }).fill('Asha Tamang');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  const api = trpcClient(page.request, baseURL ?? '');
  await expect.poll(async () => (await api.viewer.me.query())?.name).toBe('Asha Tamang');
});

test('tests sign in without the page, and make events as that person', async ({ page, baseURL }) => {
  const api = trpcClient(page.request, baseURL ?? '');
  await expect(api.events.create.mutate({ name: 'By nobody' })).rejects.toThrow();
  await signInLocally(page.request, 'Binod');
  const event = await api.events.create.mutate({ name: 'Final of the valley cup', runningNow: true });
  expect(event).toMatchObject({ name: 'Final of the valley cup', owner: { name: 'Binod' }, canEdit: true });
});

test('through a proxy nobody signs in by name', async ({ request }) => {
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  const response = await request.post('/api/local-sign-in', { data: { name: 'Mallory' }, headers });
  expect(response.status()).toBe(403);
});
