import { once } from 'node:events';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestTlsFiles } from '../../stream-node/contract/test-certificate';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { startTestWeb, type TestWeb } from '../testing/test-web';

const files = new TestTlsFiles();
let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startTestWeb(database, files.environment);
});
afterAll(async () => {
  await web.close();
  await database.close();
  files[Symbol.dispose]();
});

async function ask(path: string, options: { method?: string; body?: string } = {}) {
  const { method = 'GET', body } = options;
  const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
  const sent = request(web.url + path, { ca: files.cert, method, headers }).end(body);
  const [answer] = await once(sent, 'response');
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

test('pages and routes are served over HTTPS, with a cookie that only HTTPS carries', async () => {
  expect(await ask('/')).toMatchObject({ status: 200, body: 'a page' });
  const { headers } = await ask('/api/local-sign-in', { method: 'POST', body: '{"name": "Sabina"}' });
  expect(headers['set-cookie']?.[0]).toMatch(/^__Secure-next-auth\.session-token=.*; HttpOnly; SameSite=Lax; Secure$/);
});

test('a page on the loopback address leaves no year-long rule behind for all that is served there', async () => {
  expect((await ask('/')).headers).not.toHaveProperty('strict-transport-security');
});

test('in plain HTTP this machine reaches health and snapshots; a browser is led to HTTPS', async () => {
  const plainUrl = web.url.replace('https', 'http');
  expect((await fetch(`${plainUrl}/healthz`)).status).toBe(200);
  expect((await fetch(`${plainUrl}/internal/nodes/snapshot`, { method: 'POST' })).status).toBe(401);
  for (const path of ['/', '/api/local-sign-in', '/event/evt_1?at=2026-01-01T00:00:00Z']) {
    const led = await fetch(plainUrl + path, { redirect: 'manual' });
    expect([led.status, led.headers.get('location')]).toEqual([308, `https://localhost:8000${path}`]);
  }
});

test('an upgrade that nobody waits for is hung up on', async () => {
  const { hostname, port } = new URL(web.url);
  const socket: TLSSocket = connect({ host: hostname, port: Number(port), ca: files.cert });
  await once(socket, 'secureConnect');
  socket.write('GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  expect(await text(socket)).toBe('');
});
