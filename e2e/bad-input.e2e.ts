import { OnAir } from './fixtures/on-air';
import { rawRequest } from './fixtures/raw-request';
import { signInLocally } from './fixtures/sign-in';
import { trpcClient } from './fixtures/trpc-client';
import { expect, test } from './fixtures/zyzz-test';

const tenMegabytes = Buffer.alloc(10 * 1024 * 1024, 0x20);
const json = { 'content-type': 'application/json' };

test.afterEach('both processes are well', async ({ zyzz }) => {
  for (const url of [zyzz.baseUrl, zyzz.nodeUrl()]) {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }
});

test('a body of 10 MB is refused wherever it is sent', async ({ zyzz }) => {
  for (const path of ['/api/trpc/events.create', '/api/local-sign-in', '/internal/nodes/snapshot', '/sign-in']) {
    const { status } = await rawRequest(zyzz.baseUrl, path, { method: 'POST', headers: json, body: tenMegabytes });
    // Who does not know the node secret is not even asked for a smaller snapshot.
    expect(status, path).toBe(path.startsWith('/internal') ? 401 : 413);
  }
  const toNode = { '/stream/str_abcdefghijkm/index.m3u8': 405, '/control/ask-now': 401, '/': 404 };
  for (const [path, answer] of Object.entries(toNode)) {
    // The node hangs up on whoever goes on sending, which may be before the answer is read (RFC 9112 9.6).
    const status = await rawRequest(zyzz.nodeUrl(), path, { method: 'POST', body: tenMegabytes }).then(
      (read) => read.status,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect([answer, 'EPIPE', 'ECONNRESET'], path).toContain(status);
  }
});

test('no path leads out of where the media is, on the node or through the web', async ({ zyzz }) => {
  const paths = [
    '/stream/../../../../etc/passwd',
    '/stream/str_abcdefghijkm/../../../etc/passwd',
    '/stream/str_abcdefghijkm/%2e%2e/%2e%2e/etc/passwd',
    '/stream/str_abcdefghijkm/..%2f..%2fetc%2fpasswd',
    '/stream/str_abcdefghijkm/..%5c..%5cetc',
    '/stream/str_abcdefghijkm//etc/passwd',
    '/stream/%00/index.m3u8',
    `/stream/str_abcdefghijkm/${'a'.repeat(8000)}`,
  ];
  for (const path of paths) {
    for (const url of [zyzz.nodeUrl(), zyzz.baseUrl]) {
      const { status, body } = await rawRequest(url, path);
      expect([400, 404, 421], `${url}${path} answers ${status}`).toContain(status);
      expect(body).not.toContain('root:');
    }
  }
});

test('playlist directives that make no sense are named, and the stream plays on', async ({ browser, zyzz }) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'audio' });
  const playlist = `/stream/${onAir.streamId}/audio64/media.m3u8`;
  const wrong = [
    '_HLS_msn=-1',
    '_HLS_msn=x',
    '_HLS_msn=1e3',
    '_HLS_msn=',
    '_HLS_msn=999999999',
    '_HLS_part=1',
    '_HLS_msn=0&_HLS_part=-1',
    '_HLS_msn=1&_HLS_msn=2',
  ];
  for (const query of wrong) {
    const { status, body } = await rawRequest(zyzz.nodeUrl(), `${playlist}?${query}`);
    expect(status, query).toBe(400);
    expect(JSON.parse(body), query).toMatchObject({ code: 'bad_directive', message: expect.stringContaining('_HLS_') });
  }
  const past = await rawRequest(zyzz.nodeUrl(), `${playlist}?_HLS_msn=0`);
  expect(past.status).toBe(200);
  expect(past.body).toContain('#EXT-X-PART:');
});

test('a foreign Host and forwarding headers change no address that a page gives out', async ({ request, zyzz }) => {
  await signInLocally(request, 'Asha Tamang');
  const api = trpcClient(request, zyzz.baseUrl);
  const event = await api.events.create.mutate({ name: 'Final of the valley cup' });
  const settings = { name: 'From the stand', kind: 'audio', language: 'ne', record: false } as const;
  const { stream } = await api.streams.create.mutate({ eventId: event.id, ...settings });
  const headers = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'for=203.0.113.9;host=evil.example;proto=https',
  };
  for (const path of [
    `/watch/${stream.id}`,
    `/event/${event.id}`,
    '/sign-in',
    `/oembed?url=${encodeURIComponent(`${zyzz.baseUrl}/watch/${stream.id}`)}`,
    `/stream/${stream.id}/index.m3u8`,
    '/api/auth/csrf',
    '/api/auth/signout',
  ]) {
    const answer = await rawRequest(zyzz.baseUrl, path, { headers });
    expect(answer.status, path).toBeLessThan(400);
    expect(`${JSON.stringify(answer.headers)}${answer.body}`, path).not.toContain('evil.example');
  }
});

test('a write is a POST with JSON of the right shape, and everything else is told what is wrong', async ({ zyzz }) => {
  const create = '/api/trpc/events.create';
  const asked = await rawRequest(zyzz.baseUrl, `${create}?input=${encodeURIComponent('{"json":{"name":"By GET"}}')}`);
  expect(asked.status).toBe(405);
  expect(asked.body).toContain('METHOD_NOT_SUPPORTED');

  const { body: signedIn, headers } = await rawRequest(zyzz.baseUrl, '/api/local-sign-in', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name: 'Careless client' }),
  });
  expect(JSON.parse(signedIn)).toEqual({ ok: true });
  const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
  const post = async (body: string) =>
    await rawRequest(zyzz.baseUrl, create, { method: 'POST', headers: { ...json, cookie }, body });
  for (const [body, says] of [
    ['{', 'BAD_REQUEST'],
    ['[]', 'BAD_REQUEST'],
    ['{"json":null}', 'BAD_REQUEST'],
    ['{"json":{"name":7}}', 'name: '],
    ['{"json":{"name":""}}', 'name: '],
    [JSON.stringify({ json: { name: 'a'.repeat(121) } }), 'name: '],
    ['{"json":{"name":"A match","matchUrl":"javascript:alert(1)"}}', 'matchUrl: '],
  ] as const) {
    const answer = await post(body);
    expect(answer.status, body).toBe(400);
    expect(answer.body, body).toContain(says);
    expect(answer.body, body).not.toMatch(/node_modules|\bat \w+ \(/);
  }
});
