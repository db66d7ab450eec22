import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream } from '../testing/synthetic-stream';

const base = '/stream/str_synthetic234';
const playlist = `${base}/360p/media.m3u8`;

async function start(options: { parts?: number; dvrWindowSeconds?: number } = {}) {
  const stream = new SyntheticStream({ dvrWindowSeconds: options.dvrWindowSeconds });
  stream.publishParts(options.parts ?? 20);
  const server = await OriginServer.start([stream]);
  return { stream, server };
}

test('a playlist is right for browsers and CDNs: revalidated by the ones, kept half a target duration by the others', async () => {
  const { server } = await start();
  await using _ = server;
  const { headers } = await server.ask(playlist);
  expect(headers).toMatchObject({
    'content-type': 'application/vnd.apple.mpegurl',
    'cache-control': 'public, max-age=0, s-maxage=1, must-revalidate',
    vary: 'Accept-Encoding',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': '*',
    'timing-allow-origin': '*',
  });
  const again = await server.ask(playlist, { headers: { 'if-none-match': headers.etag ?? '' } });
  expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
});

test('a changed playlist has another etag', async () => {
  const { server, stream } = await start();
  await using _ = server;
  const { headers } = await server.ask(playlist);
  stream.publishParts(1);
  expect((await server.ask(playlist, { headers: { 'if-none-match': headers.etag ?? '' } })).status).toBe(200);
});

test('playlists are gzipped for those who take it', async () => {
  const { server } = await start();
  await using _ = server;
  const plain = await server.ask(playlist);
  for (const accepted of ['gzip', 'br, gzip;q=0.8', 'deflate,GZIP']) {
    const { headers, text, body } = await server.ask(playlist, { headers: { 'accept-encoding': accepted } });
    expect(headers['content-encoding']).toBe('gzip');
    expect(text).toBe(plain.text);
    expect(body.length).toBeLessThan(plain.body.length / 2);
  }
  for (const refused of ['br', 'gzip;q=0', 'gzip; q=0.0, br', 'x-gzip-not']) {
    const { headers } = await server.ask(playlist, { headers: { 'accept-encoding': refused } });
    expect([refused, headers['content-encoding']]).toEqual([refused, undefined]);
  }
});

test('_HLS_skip gives a delta, an unknown value the whole playlist', async () => {
  const { server } = await start({ parts: 150, dvrWindowSeconds: 60 });
  await using _ = server;
  expect((await server.ask(`${playlist}?_HLS_skip=YES`)).text).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=');
  expect((await server.ask(`${playlist}?_HLS_skip=v2`)).text).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=');
  expect((await server.ask(`${playlist}?_HLS_skip=NO`)).text).not.toContain('#EXT-X-SKIP');
  expect((await server.ask(playlist)).text).not.toContain('#EXT-X-SKIP');
});

test('HEAD has the headers of GET and no body', async () => {
  const { server } = await start();
  await using _ = server;
  for (const path of [playlist, `${base}/index.m3u8`, `${base}/360p/r-s0-0.m4s`]) {
    const get = await server.ask(path);
    const head = await server.ask(path, { method: 'HEAD' });
    const { date: _one, ...expected } = get.headers;
    const { date: _other, ...actual } = head.headers;
    expect([head.status, actual, head.body.length]).toEqual([200, expected, 0]);
  }
});

test('a preflight is allowed everything a player needs', async () => {
  const { server } = await start();
  await using _ = server;
  const { status, headers } = await server.ask(playlist, { method: 'OPTIONS' });
  expect(status).toBe(204);
  expect(headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    'access-control-allow-headers': '*',
  });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is refused', async (method) => {
  const { server } = await start();
  await using _ = server;
  const { status, headers, text } = await server.ask(playlist, { method });
  expect([status, headers.allow, JSON.parse(text).code]).toEqual([405, 'GET, HEAD, OPTIONS', 'method_not_allowed']);
});

test('a 10 MB body is refused without being kept', async () => {
  const { server } = await start();
  await using _ = server;
  const response = await fetch(`http://127.0.0.1:${server.port}${playlist}`, {
    method: 'POST',
    body: Buffer.alloc(10 * 1024 * 1024),
  });
  expect(response.status).toBe(405);
  expect((await server.ask(playlist)).status).toBe(200);
});

test.each([
  `${base}/../../etc/passwd`,
  `${base}/..`,
  `${base}/%2e%2e/%2e%2e/etc/passwd`,
  `${base}/360p/..%2f..%2fetc%2fpasswd`,
  `${base}/360p/%00`,
  `${base}/360p/a%00.m4s`,
  `${base}/360p/a\\b`,
  `${base}/360p/%5c..%5c`,
  `${base}//etc/passwd`,
  `${base}/360p//etc/passwd`,
  `${base}/360p/${'a'.repeat(4000)}`,
  `${base}/360p/.hidden`,
  `${base}/nope/media.m3u8`,
  `${base}/360p/nope.m4s`,
  `${base}/nope.m3u8`,
  `${base}/360p/tak_nosuchtake2.mp4`,
  `${base}/`,
  `${base}`,
  '/stream/',
  '/stream/short/index.m3u8',
])('%j is a 404', async (path) => {
  const { server } = await start();
  await using _ = server;
  const { status, text } = await server.ask(path);
  expect([status, JSON.parse(text).code]).toEqual([404, 'not_found']);
  expect(server.errors).toEqual([]);
});

test.each([`${base}/360p/a\0b`, `${base}/360p/a b`])('raw %j ends in 400 before the origin sees it', async (path) => {
  const { server } = await start();
  await using _ = server;
  expect(await askRaw(server.port, path)).toMatch(/^HTTP\/1\.1 (400|404)/);
});

test('what is not below /stream/ is left to others, an absolute request target too', async () => {
  const { server } = await start();
  await using _ = server;
  for (const path of ['/', '/streams/x', '/control/ask-now', 'http://elsewhere.example/stream/x', '/stream']) {
    expect((await server.ask(path)).status).toBe(418);
  }
});

test('a stream of another node is misdirected', async () => {
  const { server } = await start();
  await using _ = server;
  const { status, text } = await server.ask('/stream/str_elsewhere234/index.m3u8');
  expect([status, JSON.parse(text).code]).toEqual([421, 'stream_not_here']);
});

test('bytes are counted for the stream they belong to', async () => {
  const { server } = await start();
  await using _ = server;
  const { body } = await server.ask(playlist);
  const part = await server.ask(`${base}/360p/r-s0-0.m4s`);
  await server.ask(`${base}/360p/r-s0-0.m4s`, { method: 'HEAD' });
  expect(server.origin.bytesOut('str_synthetic234')).toBe(body.length + part.body.length);
  server.origin.forget('str_synthetic234');
  expect(server.origin.bytesOut('str_synthetic234')).toBe(0);
});

test('a fault of a stream is a 500 that tells nothing, and the origin goes on', async () => {
  const { server, stream } = await start();
  await using _ = server;
  stream.takes = () => Promise.reject(new Error('disk /secret/path is gone'));
  const { status, text } = await server.ask(`${base}/recording.m3u8`);
  expect([status, JSON.parse(text).code]).toEqual([500, 'internal']);
  expect(text).not.toContain('secret');
  expect(server.errors).toHaveLength(1);
  expect((await server.ask(playlist)).status).toBe(200);
});

/** The status line that a hand-written request gets. */
function askRaw(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
    );
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('what is refused carries the id of its request, a proxy’s or one of its own; words that are no id are not echoed', async () => {
  const { server } = await start();
  await using _ = server;
  const idOf = async (given: { 'x-request-id'?: string }) =>
    (await server.ask(`${base}/no-such-file`, { headers: given })).headers['x-request-id'];
  const proxyId = '0123456789abcdef0123456789abcdef';
  expect(await idOf({ 'x-request-id': proxyId })).toBe(proxyId);
  const own = await Promise.all([{}, { 'x-request-id': 'no id, "but words"' }].map(idOf));
  expect(new Set(own).size).toBe(2);
  expect(own.join()).toMatch(/^[0-9a-f-]{36},[0-9a-f-]{36}$/);
});
