import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { users } from '../../db/schema';
import { userOfCookies } from '../auth';
import { testEnv } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { startTestWeb, type TestWeb } from '../testing/test-web';

let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startTestWeb(database);
});
afterAll(async () => {
  await web.close();
  await database.close();
});

type Answer = { status: number; body: { ok?: boolean; available?: boolean; message?: string }; cookie: string };

/** With `http`, since `fetch` does not let a `Host` header be chosen. */
function request(method: 'GET' | 'POST', headers: Record<string, string>, body = ''): Promise<Answer> {
  const { hostname, port } = new URL(web.url);
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { hostname, port, method, path: '/api/local-sign-in', headers: { 'content-length': body.length, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: JSON.parse(text),
            cookie: response.headers['set-cookie']?.[0] ?? '',
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const signIn = async (name: string, headers: Record<string, string> = {}) =>
  await request('POST', headers, JSON.stringify({ name }));
const userOf = async (answer: Answer) =>
  await userOfCookies(answer.cookie.split(';')[0], { db: database.db, env: testEnv(database.url) });

describe('local sign-in', () => {
  test('makes a user with a session; the first is an operator, the next is not', async () => {
    const first = await signIn('Sabina');
    expect(first.status).toBe(200);
    expect(first.cookie).toMatch(/HttpOnly; SameSite=Lax/);
    expect(await userOf(first)).toMatchObject({ name: 'Sabina', role: 'operator' });
    expect(await userOf(await signIn('Bikram'))).toMatchObject({ name: 'Bikram', role: 'member' });
  });

  test('by the same name comes back to the same user, whatever its case', async () => {
    const ids = await Promise.all(
      ['Chandra', 'CHANDRA', ' chandra '].map(async (name) => (await userOf(await signIn(name)))?.id),
    );
    expect(new Set(ids).size).toBe(1);
  });

  test.each(['', '  ', 'a'.repeat(61), 'a\u0000'])(
    'by %j is refused with the rule, and nothing is written',
    async (name) => {
      const before = await database.db.$count(users);
      const answer = await signIn(name);
      expect(answer.status).toBe(400);
      expect(answer.body.message).toMatch(/^name: /);
      expect(await database.db.$count(users)).toBe(before);
    },
  );

  test.each<Record<string, string>>([
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-forwarded-host': 'zyzz.example' },
    { 'x-forwarded-proto': 'https' },
    { forwarded: 'for=203.0.113.9' },
    { 'x-real-ip': '203.0.113.9' },
    { host: 'zyzz.example' },
  ])('is neither offered nor done with %j', async (headers) => {
    const before = await database.db.$count(users);
    expect((await request('GET', headers)).body).toEqual({ available: false });
    const answer = await signIn('Mallory', headers);
    expect(answer.status).toBe(403);
    expect(answer.cookie).toBe('');
    expect(await database.db.$count(users)).toBe(before);
  });

  test('is offered without them', async () => {
    expect((await request('GET', {})).body).toEqual({ available: true });
  });

  test('is not there where the site has a public address', async () => {
    const facebook = { FACEBOOK_CLIENT_ID: '1', FACEBOOK_CLIENT_SECRET: '2' };
    const publicWeb = await startTestWeb(database, { ...facebook, ZYZZ_PUBLIC_URL: 'https://zyzz.example' });
    const answer = await fetch(`${publicWeb.url}/api/local-sign-in`, { method: 'POST', body: '{"name":"Mallory"}' });
    expect(answer.status).toBe(403);
    await publicWeb.close();
  });
});

describe('a session cookie', () => {
  test.each([
    '',
    'next-auth.session-token=',
    'next-auth.session-token=%00',
    `next-auth.session-token=${'a'.repeat(5000)}`,
    ';;=;',
  ])('that is %j is nobody', async (cookie) => {
    expect(await userOfCookies(cookie, { db: database.db, env: testEnv(database.url) })).toBeNull();
  });
});
