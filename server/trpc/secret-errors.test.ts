import { inspect } from 'node:util';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServerEnv } from '../env';
import { testEnv } from '../testing/test-context';
import { appRouter } from './app-router';
import { createContext } from './init';

const shared = globalThis as { zyzzServerEnv?: ServerEnv | undefined };
const session = 'canary-of-a-session-token';
const cookieHeader = `next-auth.session-token=${session}`;

beforeEach(() => {
  // Nothing listens there.
  shared.zyzzServerEnv = testEnv('postgres://zyzz:password@127.0.0.1:9/zyzz');
});
afterEach(() => {
  shared.zyzzServerEnv = undefined;
});

test('while the database is away no error holds the session it was asked for, to be printed or to be read', async () => {
  const thrown = await createContext({ cookieHeader }).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Error);
  expect(inspect(thrown, { depth: 10 })).not.toContain(session);

  const answer = await fetchRequestHandler({
    endpoint: '/api/trpc',
    req: new Request('http://localhost/api/trpc/viewer.me', { headers: { cookie: cookieHeader } }),
    router: appRouter,
    createContext: async () => await createContext({ cookieHeader }),
  });
  expect(answer.status).toBe(503);
  const body = await answer.text();
  expect(body).toContain('zyzz cannot reach its records just now');
  expect(body).not.toContain(session);
  expect(body).not.toContain('select');
});
