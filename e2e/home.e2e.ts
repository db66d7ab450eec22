import { expect, test } from './fixtures/zyzz-test';

test('the front page answers, with the demo event of the first run', async ({ page }) => {
  const response = await page.goto('/');
  expect(response?.status()).toBe(200);
  await expect(page.getByRole('link', { name: /Nepal v Kenya/ }).first()).toBeVisible();
});
