import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotPath } from '../../stream-node/contract/snapshots';
import { testNodeSecret } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot } from '../testing/test-node';
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

const post = async (path: string, init: RequestInit = {}) =>
  await fetch(`${web.url}${path}`, { method: 'POST', ...init });

const asNode = { authorization: `Bearer ${testNodeSecret}` };

/** A request whose target is sent as it stands, without `fetch`'s tidying. */
function rawGet(target: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(web.url);
    http
      .get({ hostname, port, path: target }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject);
  });
}

describe('a body of 10 MB', () => {
  const tenMegabytes = Buffer.alloc(10 * 1024 * 1024, 0x20);

  test.each(['/api/trpc/events.create', '/sign-in', '/api/local-sign-in', snapshotPath])(
    'is a 413 at %s',
    async (path) => {
      const response = await post(path, { body: tenMegabytes, headers: asNode });
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ ok: false, code: 'payload_too_large' });
    },
  );

  test('without a declared length is refused too', async () => {
    const stream = () => new Blob([tenMegabytes]).stream();
    const init = { duplex: 'half' } as RequestInit;
    expect((await post('/api/trpc/events.create', { ...init, body: stream() })).status).toBe(411);
    expect((await post('/api/local-sign-in', { ...init, body: stream() })).status).toBe(413);
  });

  test('leaves the server well', async () => {
    expect((await fetch(`${web.url}/healthz`)).status).toBe(200);
  });
});

describe('every answer', () => {
  test.each(['/', '/healthz', '/embed/str_abcdefghijkm'])('at %s has the common headers', async (path) => {
    const { headers } = await fetch(web.url + path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(headers.get('permissions-policy')).toContain('camera=(self)');
  });

  test('of a page has a policy of its own, and only the embed page may be framed', async () => {
    const policyOf = async (path: string) => (await fetch(web.url + path)).headers.get('content-security-policy') ?? '';
    const nonce = /'nonce-([^']+)'/;
    const [first, second] = [await policyOf('/'), await policyOf('/')];
    expect(nonce.exec(first)?.[1]).not.toBe(nonce.exec(second)?.[1]);
    expect(first).toContain("frame-ancestors 'none'");
    expect(await policyOf('/embed/str_abcdefghijkm')).toContain('frame-ancestors *');
    expect(await policyOf('/embedded')).toContain("frame-ancestors 'none'");
    expect(first).not.toContain('unsafe-eval');
  });
});

describe('a request that writes', () => {
  test.each([[{ origin: 'https://evil.example' }], [{ origin: 'null' }], [{ 'sec-fetch-site': 'cross-site' }]])(
    'from another site (%j) is refused',
    async (headers) => {
      expect((await post('/api/trpc/events.create', { headers: headers as Record<string, string> })).status).toBe(403);
    },
  );

  test('from our own page, or from a program, is let through', async () => {
    expect((await post('/sign-in', { headers: { origin: web.url } })).status).toBe(200);
    expect((await post('/sign-in', { headers: { origin: 'http://localhost:8000' } })).status).toBe(200);
    expect((await post('/sign-in')).status).toBe(200);
  });
});

describe('paths', () => {
  test('answer with and without a trailing slash, never by redirect', async () => {
    expect((await fetch(`${web.url}/healthz/`, { redirect: 'error' })).status).toBe(200);
  });

  test('of ours refuse other methods', async () => {
    expect((await post('/healthz')).status).toBe(405);
  });

  test('that are not paths are refused', async () => {
    expect(await rawGet('http://evil.example/')).toBe(400);
    expect(await rawGet('//evil.example/')).toBe(400);
  });

  test.each([
    '/stream/../etc/x',
    '/stream/str_unknown12345/../../etc',
    '/stream/str_unknown12345/%2e%2e/x',
    '/stream/a/b',
  ])('%s leads nowhere', async (path) => {
    expect([200, 404]).toContain(await rawGet(path));
  });
});

describe('a snapshot', () => {
  test.each([{}, { authorization: 'Bearer wrong' }, { authorization: testNodeSecret }])(
    'with %j is refused before its body is read',
    async (headers) => {
      const response = await post(snapshotPath, { headers: headers as Record<string, string>, body: 'not JSON' });
      expect(response.status).toBe(401);
    },
  );

  test('that is not one is a 400 that names field and rule', async () => {
    expect((await post(snapshotPath, { headers: asNode, body: '{' })).status).toBe(400);
    const response = await post(snapshotPath, {
      headers: asNode,
      body: JSON.stringify({ ...nodeSnapshot(), nodeId: '../x' }),
    });
    expect(response.status).toBe(400);
    expect((await response.json()).message).toMatch(/^nodeId: /);
  });

  test('makes the process ready', async () => {
    expect((await fetch(`${web.url}/readyz`)).status).toBe(503);
    const response = await post(snapshotPath, { headers: asNode, body: JSON.stringify(nodeSnapshot()) });
    expect(response.status).toBe(200);
    expect((await fetch(`${web.url}/readyz`)).status).toBe(200);
  });
});
