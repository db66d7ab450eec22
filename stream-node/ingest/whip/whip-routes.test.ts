import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../clock';
import { newId } from '../../contract/ids';
import { whipUrl } from '../../contract/media-urls';
import { WhipSender } from '../../testing/whip-sender';
import type { IngestSource } from '../ingest-source';
import { streamKeyHash } from '../stream-key';
import { chromiumOffer } from './test-offer';
import { handleWhip } from './whip-routes';
import { WhipServer, type WhipServerOptions } from './whip-server';

vi.setConfig({ testTimeout: 30_000 });

const streamKey = 'sk_a-good-key-of-a-test-0001';
const otherKey = 'sk_a-key-of-another-stream-02';
const [streamId, otherStreamId] = [newId('stream'), newId('stream')];

let dataDirectory: string;
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-whip-'));
});
afterAll(() => rm(dataDirectory, { recursive: true, force: true }));

async function start(changes: Partial<WhipServerOptions> = {}) {
  let log = '';
  const streams = new Map(
    [streamKey, otherKey].map((key, index) => [streamKeyHash(key), [streamId, otherStreamId][index]]),
  );
  const whip = new WhipServer({
    admit: async (keyHash) => {
      const id = streams.get(keyHash);
      return id === undefined
        ? { ok: false, code: 'bad_key', message: 'This stream key is not valid' }
        : { ok: true, streamId: id, epoch: 1, takesVideo: id === streamId };
    },
    network: { bindAddress: '127.0.0.1', ports: null, publicAddress: null },
    ...{ dataDirectory, clock: systemClock },
    logger: pino({ level: 'trace' }, { write: (line) => (log += line) }),
    ...changes,
  });
  const server = createServer(async (request, response) => {
    if (!(await handleWhip(request, response, whip))) {
      response.writeHead(418).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await whip.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { whip, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log: () => log };
}

type Request = { method?: string; key?: string | null; type?: string; body?: string; ifMatch?: string };

async function ask(
  url: string,
  { method = 'POST', key = streamKey, type = 'application/sdp', body, ifMatch }: Request = {},
) {
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': type,
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

test('an offer is answered with a session that has an address, an ICE tag and an end', async () => {
  const { url, log } = await start({
    network: { bindAddress: '127.0.0.1', ports: null, publicAddress: '203.0.113.7' },
  });
  const made = await ask(whipUrl(url, streamId), { body: chromiumOffer });
  expect(made.status).toBe(201);
  expect(made.headers.get('content-type')).toBe('application/sdp');
  expect(made.headers.get('access-control-expose-headers')).toContain('location');
  expect(made.headers.get('etag')).toBe('"EsAw"');
  expect(made.text).toMatch(/a=rtpmap:109 H264\/90000\r\n[\s\S]*a=rtcp-fb:109 nack pli/);
  expect(made.text).not.toMatch(/VP8|sendrecv|sendonly/);
  expect(made.text).toMatch(
    /a=candidate:\S+ 1 UDP \d+ 203\.0\.113\.7 \d+ typ host\r\na=candidate:\S+ 1 UDP \d+ 127\.0\.0\.1/,
  );
  const session = `${url}${made.headers.get('location')}`;
  const trickle = (body: string, ifMatch?: string) =>
    ask(session, {
      ...{ method: 'PATCH', type: 'application/trickle-ice-sdpfrag', body },
      ...(ifMatch !== undefined && { ifMatch }),
    });
  const candidate = 'a=candidate:1 1 udp 2113937151 127.0.0.1 40000 typ host generation 0';
  const fragment = `a=ice-ufrag:EsAw\r\na=ice-pwd:x\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\n${candidate}\r\n`;
  expect((await trickle(fragment)).status).toBe(428);
  expect((await trickle(fragment, '"other"')).status).toBe(412);
  expect((await trickle(fragment, '"EsAw"')).status).toBe(204);
  expect((await trickle(fragment.replace('EsAw', 'New1'), '*')).status).toBe(422);
  expect((await trickle('a=candidate:nonsense', '"EsAw"')).status).toBe(400);
  expect((await ask(session, { method: 'GET' })).status).toBe(405);
  expect((await ask(session, { method: 'DELETE', key: otherKey })).status).toBe(401);
  expect((await ask(session, { method: 'DELETE' })).status).toBe(200);
  expect((await ask(session, { method: 'DELETE' })).status).toBe(404);
  expect(log()).not.toContain(streamKey);
});

test('of a stream of sound alone the picture is answered with "inactive"', async () => {
  const { url } = await start();
  const { status, text } = await ask(whipUrl(url, otherStreamId), { key: otherKey, body: chromiumOffer });
  expect(status).toBe(201);
  expect(text).toMatch(/m=video[\s\S]*a=inactive[\s\S]*m=audio[\s\S]*a=recvonly/);
  const pictureAlone = chromiumOffer.slice(0, chromiumOffer.indexOf('m=audio'));
  expect((await ask(whipUrl(url, otherStreamId), { key: otherKey, body: pictureAlone })).status).toBe(422);
});

test.each<[string, number, Request & { path?: string }]>([
  ['no key', 401, { key: null }],
  ['a key of nobody', 401, { key: 'sk_a-key-of-nobody-at-all' }],
  ['something that is no key', 401, { key: 'x' }],
  ['a key of another stream', 403, { key: otherKey }],
  ['another type', 415, { type: 'application/json' }],
  ['no type, as a form has', 415, { type: 'text/plain' }],
  ['another method', 405, { method: 'PUT' }],
  ['to be shown something', 405, { method: 'GET' }],
  ['a path that is none', 404, { path: '/whip/..%2fx' }],
  ['no session description', 400, { body: 'hello' }],
  ['nothing', 400, { body: '' }],
  ['more than an offer has', 413, { body: `${chromiumOffer}${'a=x\r\n'.repeat(20_000)}` }],
  ['no codec that is taken', 422, { body: chromiumOffer.replaceAll(/H264|VP8/g, 'VP9') }],
])('whoever sends %s is told so: %i', async (_name, status, { path, ...request }) => {
  const { url, whip } = await start();
  const connected = vi.fn();
  whip.on('connected', connected);
  const body = request.method === 'GET' ? {} : { body: chromiumOffer };
  const refused = await ask(`${url}${path ?? `/whip/${streamId}`}`, { ...body, ...request });
  expect({ status: refused.status, ...JSON.parse(refused.text) }).toMatchObject({
    status,
    message: expect.any(String),
  });
  expect(refused.headers.get('location')).toBeNull();
  expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  expect(connected).not.toHaveBeenCalled();
});

test('a page of any origin may ask before it sends', async () => {
  const { url } = await start();
  const { status, headers } = await ask(`${url}/whip`, { method: 'OPTIONS', key: null });
  expect(status).toBe(204);
  expect(headers.get('accept-post')).toBe('application/sdp');
  expect(headers.get('access-control-allow-headers')).toContain('authorization');
});

test('keys cannot be tried at speed', async () => {
  const { url } = await start();
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 21; attempt += 1) {
    statuses.push((await ask(`${url}/whip`, { key: `sk_a-key-of-nobody-at-all-${attempt}`, body: '' })).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429]);
});

test('a machine without WebRTC says so, once in its log and to everyone who asks', async () => {
  const loadAddon = () => Promise.reject(new Error('no build for this machine'));
  const { url, log } = await start({ loadAddon });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { status, text } = await ask(`${url}/whip`, { body: chromiumOffer });
    expect({ status, ...JSON.parse(text) }).toMatchObject({ status: 501, code: 'no_webrtc' });
  }
  expect(log().match(/no WHIP here/g)).toHaveLength(1);
});

test('who never sends anything after the answer is not waited for', async () => {
  const { url, whip } = await start({ times: { connectTimeoutMs: 200 } });
  const lost = once(whip, 'lost');
  expect((await ask(whipUrl(url, streamId), { body: chromiumOffer })).status).toBe(201);
  expect(await lost).toEqual([streamId, undefined]);
});

test('one port is enough for several senders; the newest of a stream sends the former one away; who falls silent is gone', async () => {
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  const { url, whip } = await start({
    network: { bindAddress: '127.0.0.1', ports: { first: port, last: port }, publicAddress: null },
    // Longer than a busy machine stands still.
    times: { silenceTimeoutMs: 2500 },
  });
  const sources: IngestSource[] = [];
  whip.on('source', (source) => {
    sources.push(source);
    onTestFinished(() => source.close());
  });
  const publish = async (id: string, key: string, tracks = {}) => {
    const before = sources.length;
    const sender = WhipSender.publish(whipUrl(url, id), key, tracks);
    onTestFinished(() => sender[Symbol.asyncDispose]());
    expect(await sender.answer()).toMatchObject({ status: 201 });
    const ours = () => sources.slice(before).find((source) => source.streamId === id);
    await expect.poll(ours, { timeout: 20_000 }).toBeDefined();
    return { sender, source: ours() };
  };
  const [other, first] = await Promise.all([
    publish(otherStreamId, otherKey),
    publish(streamId, streamKey, { lossShare: 0.02 }),
  ]);
  expect(other.source).toMatchObject({ hasAudio: true, hasVideo: false, ingestKind: 'whip' });
  expect(first.source).toMatchObject({ hasAudio: true, hasVideo: true, hint: { width: 160, height: 90 } });
  const second = await publish(streamId, streamKey);
  expect(sources).toHaveLength(3);
  const lost = once(whip, 'lost');
  await second.sender.kill();
  expect(await lost).toEqual([streamId, undefined]);
  const bytes = other.source?.bytesReceived() ?? 0;
  await expect.poll(() => other.source?.bytesReceived()).toBeGreaterThan(bytes);
});
