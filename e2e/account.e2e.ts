import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signInLocally } from './fixtures/sign-in';
import { trpcClient } from './fixtures/trpc-client';
import { expect, test } from './fixtures/zyzz-test';

test.use({ zyzzOptions: { environment: { LOG_LEVEL: 'trace' } } });

/** The command lines of all processes of this machine that can be seen. */
function commandLines(): string {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
}

/** A real ffmpeg that sends a tone until it is cut off. Resolves with its exit code. */
async function speakByEncoder(url: string): Promise<number | null> {
  const sound = ['-re', '-f', 'lavfi', '-i', 'sine=frequency=660', '-c:a', 'aac', '-f', 'flv'];
  const [code] = await once(spawn('ffmpeg', ['-loglevel', 'error', ...sound, url], { stdio: 'ignore' }), 'exit');
  return code;
}

/** Everything that the product and its database wrote into their logs. */
function allLogs(dataDir: string): string {
  const folder = join(dataDir, 'logs');
  const files = [...readdirSync(folder).map((name) => join(folder, name)), join(dataDir, 'postgres', 'postgres.log')];
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

test('a token is shown once and works until it is revoked; an account is deleted whole; an operator’s page is an operator’s', async ({
  page,
  browser,
  zyzz,
}) => {
  const baseURL = zyzz.baseUrl;
  const operator = await browser.newContext({ baseURL });
  await signInLocally(operator.request, 'The First');
  await signInLocally(page.request, 'Leaver of the ground');
  const api = trpcClient(page.request, baseURL);
  const me = await api.viewer.me.query();
  const event = await api.events.create.mutate({ name: 'Mine alone' });

  await page.goto('/settings');
  await page.getByRole('textbox', { name: 'Token name' }).fill('Scoreboard');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.getByRole('textbox', { name: 'New token' }).inputValue();
  const asToken = { headers: { authorization: `Bearer ${token}` } };
  const made = await page.request.post('/api/stream/', {
    ...asToken,
    data: { name: 'By a program', event_id: event.id, kind: 'audio', language: 'en', record: true },
  });
  expect(made.status(), await made.text()).toBe(201);
  const { id: streamId, publish } = (await made.json()).data;
  const encoder = speakByEncoder(`${publish.rtmp.url}/${publish.rtmp.stream_key}`);
  await expect.poll(async () => (await api.streams.get.query({ streamId })).stream.state).toBe('live');
  await page.reload();
  await expect(page.getByRole('list', { name: 'Your tokens' })).toContainText(/Scoreboard.*last used/s);
  expect(await page.content()).not.toContain(token);

  // Secrets where they would be logged, if anything was: in paths and in headers that are refused.
  await page.request.get(`${zyzz.nodeUrl()}/stream/${streamId}/~${publish.grant}/index.m3u8`);
  const refusal = await page.request.get(`/api/user/${me?.id}/tokens/?token=${token}`, {
    headers: { authorization: `Bearer ${token}x` },
  });
  expect(refusal.status()).toBe(401);
  expect(await refusal.text()).not.toContain(token);

  const admin = await operator.newPage();
  await admin.goto('/admin');
  await expect(admin.getByRole('region', { name: 'Stream nodes' })).toContainText('Takes streams');
  await expect(admin.getByRole('region', { name: 'On air now' })).toContainText('By a program');
  expect((await page.goto('/admin'))?.status()).toBe(404);

  await page.goto('/settings');
  await page.getByRole('button', { name: 'Revoke Scoreboard' }).click();
  await page.getByRole('button', { name: 'Revoke it' }).click();
  await expect(page.getByRole('list', { name: 'Your tokens' })).toHaveCount(0);
  expect((await page.request.get(`/api/user/${me?.id}/tokens/`, asToken)).status()).toBe(401);

  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByRole('button', { name: 'Delete it all' }).click();
  await expect(page.getByText('type “delete my account” to go on')).toBeVisible();
  await page.getByRole('textbox', { name: 'Type “delete my account”' }).fill('delete my account');
  const cookies = await page.context().cookies();
  await page.getByRole('button', { name: 'Delete it all' }).click();
  await page.waitForURL(`${baseURL}/`);
  expect(await api.viewer.me.query()).toBeNull();
  expect((await page.goto(`/user/${me?.id}`))?.status()).toBe(404);
  expect((await page.goto(`/event/${event.id}`))?.status()).toBe(404);
  await admin.reload();
  await expect(admin.getByRole('region', { name: 'Audit log' })).toContainText('Someone who left deleted an account');
  expect(await admin.content()).not.toContain('Leaver of the ground');

  expect(await encoder, 'the encoder is cut off').not.toBe(0);

  const session = cookies.find(({ name }) => name.endsWith('session-token'))?.value ?? '';
  const logs = allLogs(zyzz.dataDir);
  const secrets = { token, session, grant: publish.grant, key: publish.rtmp.stream_key, person: me?.id ?? '' };
  const lines = commandLines();
  for (const [what, secret] of Object.entries(secrets)) {
    expect(secret.length, what).toBeGreaterThan(8);
    expect(logs, `${what} in a log`).not.toContain(secret);
    expect(lines, `${what} on a command line`).not.toContain(secret);
  }
  await operator.close();
});
