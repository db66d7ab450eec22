import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { checkMatchUrl, feedUrlFault, feedUrlOf } from './feed-address';
import { type FetchFeedOptions, fetchFeed } from './fetch-feed';
import { feedXml, startTestFeed, type TestFeed } from './test-feed';

// 127.0.0.1 is somebody's public server here; 127.0.0.2 is the inside that nothing may reach.
const allowance = ['127.0.0.1'];
let feed: TestFeed;
let inside: TestFeed;

beforeAll(async () => {
  feed = await startTestFeed();
  inside = await startTestFeed('127.0.0.2', feed.port);
});
afterAll(async () => await Promise.all([feed.close(), inside.close()]));
beforeEach(() => {
  inside.requests.length = 0;
  feed.requests.length = 0;
  feed.answer = (_request, response) => response.end(feedXml());
});

const urlAt = (host: string, path = '/m/commentary.xml') => new URL(`http://${host}:${feed.port}${path}`);
const read = (host: string, options: Partial<FetchFeedOptions> = {}) =>
  fetchFeed(urlAt(host), { allowance, timeoutMs: 2000, ...options });
const at = (address: string) => ({ address, family: 4 });

test('a feed is read from below the address of the match', async () => {
  const bytes = await fetchFeed(feedUrlOf(`http://127.0.0.1:${feed.port}/2026/nep_ken/`), { allowance });
  expect(bytes.toString()).toBe(feedXml());
  expect(feed.requests).toEqual(['/2026/nep_ken/commentary.xml']);
  expect(feedUrlOf('http://a.example').href).toBe('http://a.example/commentary.xml');
  expect(feedUrlOf('http://a.example/m#now').href).toBe('http://a.example/m/commentary.xml');
  expect(feedUrlOf('http://a.example/get?file=').href).toBe('http://a.example/get?file=commentary.xml');
});

test('a packed answer is unpacked, and a name is sent as the host', async () => {
  let host: string | undefined;
  feed.answer = (request, response) => {
    host = request.headers.host;
    response.setHeader('content-encoding', 'gzip').end(gzipSync(feedXml()));
  };
  const bytes = await read('scores.example', { resolve: async () => [at('127.0.0.1')] });
  expect(bytes.toString()).toBe(feedXml());
  expect(host).toBe(`scores.example:${feed.port}`);
});

test('a name that leads elsewhere a moment later is connected to where it was judged', async () => {
  const resolve = vi
    .fn()
    .mockResolvedValueOnce([at('127.0.0.1')])
    .mockResolvedValue([at('127.0.0.2')]);
  await read('rebind.example', { resolve });
  expect(resolve).toHaveBeenCalledTimes(1);
  await expect(read('rebind.example', { resolve })).rejects.toThrow('must be on the public internet');
  expect(inside.requests).toEqual([]);
});

test.each([
  ['loopback', [at('127.0.0.2')]],
  ['a private network', [at('10.1.2.3')]],
  ['the cloud’s own service', [at('169.254.169.254')]],
  ['an IPv4 address in IPv6', [{ address: '::ffff:127.0.0.2', family: 6 }]],
  ['an IPv4 address behind NAT64', [{ address: '64:ff9b::7f00:2', family: 6 }]],
])('a name that leads to %s is not connected to', async (_what, addresses) => {
  await expect(read('x.example', { resolve: async () => addresses })).rejects.toThrow('public internet');
  expect(inside.requests).toEqual([]);
});

test('redirects are followed three times, and judged each time', async () => {
  feed.answer = (request, response) => {
    const step = Number(request.url?.slice(2) || '0');
    if (step < 3) {
      response.writeHead(302, { location: `/r${step + 1}` }).end();
    } else {
      response.end(feedXml());
    }
  };
  expect((await fetchFeed(urlAt('127.0.0.1', '/r0'), { allowance })).toString()).toBe(feedXml());
  feed.answer = (_request, response) => response.writeHead(301, { location: '/again' }).end();
  await expect(read('127.0.0.1')).rejects.toThrow('more than 3 times');
  for (const location of [urlAt('127.0.0.2').href, urlAt('0x7f.2').href, 'file:///etc/passwd', urlAt('[::1]').href]) {
    feed.answer = (_request, response) => response.writeHead(307, { location }).end();
    await expect(read('127.0.0.1')).rejects.toThrow(/must be/);
  }
  expect(inside.requests).toEqual([]);
});

test('whoever is silent, breaks off or never ends costs no more than its time and a megabyte', async () => {
  feed.answer = () => undefined;
  await expect(read('127.0.0.1', { timeoutMs: 100 })).rejects.toThrow('did not answer within 0.1 s');
  await expect(read('x.example', { timeoutMs: 100, resolve: () => new Promise(() => undefined) })).rejects.toThrow(
    'did not answer',
  );
  feed.answer = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('<match');
    setImmediate(() => response.destroy());
  };
  await expect(read('127.0.0.1')).rejects.toThrow('could not be read');
  feed.answer = (_request, response) => response.end(Buffer.alloc(10 * 1024 * 1024, 0x20));
  await expect(read('127.0.0.1')).rejects.toThrow('larger than 1048576');
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  feed.answer = (_request, response) => response.setHeader('content-encoding', 'gzip').end(bomb);
  await expect(read('127.0.0.1')).rejects.toThrow('larger than 1048576');
  feed.answer = (_request, response) => response.setHeader('content-encoding', 'gzip').end('not packed');
  await expect(read('127.0.0.1')).rejects.toThrow('could not be read');
  feed.answer = (_request, response) => response.writeHead(503).end('busy');
  await expect(read('127.0.0.1')).rejects.toThrow('answered 503');
});

test.each([
  ['https://synd.example.com/j2me/1.0/match/', null],
  ['http://93.184.216.34/', null],
  ['http://[2606:2800:220:1::1]/', null],
  ['http://localhost/', 'public internet'],
  ['http://scores/', 'public internet'],
  ['http://nas.local/', 'public internet'],
  ['http://db.internal./', 'public internet'],
  ['http://127.0.0.1/', 'public internet'],
  ['http://2130706433/', 'public internet'],
  ['http://0177.0.0.01/', 'public internet'],
  ['http://0x7f.1/', 'public internet'],
  ['http://192.168.0.10/', 'public internet'],
  ['http://100.64.1.1/', 'public internet'],
  ['http://169.254.169.254/latest/', 'public internet'],
  ['http://0.0.0.0/', 'public internet'],
  ['http://224.0.0.1/', 'public internet'],
  ['http://[::1]/', 'public internet'],
  ['http://[::]/', 'public internet'],
  ['http://[::ffff:10.0.0.1]/', 'public internet'],
  ['http://[::ffff:7f00:1]/', 'public internet'],
  ['http://[::127.0.0.1]/', 'public internet'],
  ['http://[64:ff9b::a00:1]/', 'public internet'],
  ['http://[2002:7f00:1::]/', 'public internet'],
  ['http://[fd00::1]/', 'public internet'],
  ['http://[fe80::1]/', 'public internet'],
  ['http://[ff02::1]/', 'public internet'],
  ['http://a.example.com:5432/', 'port 80 or 443'],
  ['http://user:word@a.example.com/', 'user name'],
])('%s as the address of a match: %s', (url, fault) => {
  expect(feedUrlFault(new URL(url), []) ?? '').toContain(fault ?? '');
  const check = () => checkMatchUrl(url, []);
  if (fault === null) {
    check();
  } else {
    expect(check).toThrow(/^matchUrl: must /);
  }
});
