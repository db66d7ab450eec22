import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../config';
import { newId } from '../contract/ids';
import { mediaPath } from '../contract/media-urls';
import { TestTlsFiles } from '../contract/test-certificate';
import { chromiumOffer } from '../ingest/whip/test-offer';
import { createLogger } from '../logger';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb, testNodeSecret } from '../testing/test-web';
import { makeTestMedia } from '../transcode/test-media';
import { StreamNode } from './stream-node';

const media = await makeTestMedia({ audio: true, seconds: 4 });

async function setUp() {
  const files = new TestTlsFiles();
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const web = await TestWeb.start();
  const config = readConfig({
    ...files.environment,
    ZYZZ_WEB_URL: web.url,
    ZYZZ_NODE_SECRET: testNodeSecret,
    ZYZZ_DATA_DIR: dataDir,
    STREAM_NODE_PORT: '0',
  });
  const node = await StreamNode.start(config, createLogger({ level: 'silent' }));
  onTestFinished(async () => {
    await node[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
    files[Symbol.dispose]();
  });
  await web.snapshotWhere(() => true);
  return { web, node, files };
}

/** An HTTP/2 connection to the node, which must show the certificate that lies there. */
function http2Client(node: StreamNode, files: TestTlsFiles) {
  const session = connect(node.publicUrl, { ca: files.cert });
  onTestFinished(() => session.destroy());
  return {
    request: (path: string, headers: Record<string, string> = {}) => session.request({ ':path': path, ...headers }),
    async ask(path: string, headers: Record<string, string> = {}, sent?: string) {
      const stream = session.request({ ':path': path, ...headers }, { endStream: sent === undefined });
      if (sent !== undefined) {
        stream.end(sent);
      }
      const [answer] = await once(stream, 'response');
      return { status: answer[':status'], headers: answer, body: await text(stream) };
    },
  };
}

test('a publisher goes live by a WebSocket on the TLS port, and media is served over HTTP/2 with all its waits', async () => {
  const { web, node, files } = await setUp();
  expect(node.publicUrl).toMatch(/^https:/);
  const streamId = newId('stream');
  await web.want({ streamId, kind: 'audio' });
  const publisher = await TestPublisher.connect(node.publicUrl, { ca: files.cert });
  onTestFinished(() => publisher[Symbol.asyncDispose]());
  const recorderSession = newId('recorderSession');
  await publisher.hello({ streamId, grant: await web.grant(streamId, 'publish'), recorderSession, hasVideo: false });
  await publisher.sendAll(media, Date.now());
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'live'));

  const client = http2Client(node, files);
  const index = await client.ask(mediaPath(streamId, 'index.m3u8'));
  expect(index.status).toBe(200);
  expect(index.headers).not.toHaveProperty('connection');
  const playlistPath = `/stream/${streamId}/${index.body.split('\n').find((line) => /^[^#].*media.m3u8/.test(line))}`;
  const awaited = await client.ask(`${playlistPath}?_HLS_msn=0&_HLS_part=1`);
  const [, part = ''] = /#EXT-X-PART:.*URI="([^"]+)"/.exec(awaited.body) ?? [];
  const served = await client.ask(new URL(part, `https://node${playlistPath}`).pathname);
  expect(served).toMatchObject({ status: 200, headers: { 'content-type': 'audio/mp4', 'timing-allow-origin': '*' } });

  const [lastSequence = 0] = [...awaited.body.matchAll(/MEDIA-SEQUENCE:(\d+)/g)].map((match) => Number(match[1]));
  const blocked = client.request(`${playlistPath}?_HLS_msn=${lastSequence + 3}`);
  const left = once(blocked, 'close');
  blocked.close();
  await left;
  const refused = await client.ask(playlistPath, { ':method': 'DELETE' });
  expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
  expect((await client.ask(playlistPath, { ':method': 'HEAD' })).body).toBe('');

  // A snapshot between two answers has counted the first alone.
  await web.snapshotWhere(({ streams }) => streams.some(({ bytesOut }) => bytesOut >= served.body.length));
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  const recording = await client.ask(`/stream/${streamId}/audio64/recording.m3u8`);
  const [, file = ''] = /#EXT-X-MAP:URI="([^"]+)"/.exec(recording.body) ?? [];
  const range = await client.ask(`/stream/${streamId}/audio64/${file}`, { range: 'bytes=4-7' });
  expect(range).toMatchObject({ status: 206, body: 'ftyp' });
}, 30_000);

test('a WHIP sender is answered over HTTP/2', async () => {
  const { web, node, files } = await setUp();
  const streamId = newId('stream');
  await web.want({ streamId });
  await web.giveKey(streamId, 'sk_a-key-of-a-sender-by-http2');
  const client = http2Client(node, files);
  const offer = (streamKey: string) =>
    client.ask(
      `/whip/${streamId}`,
      { ':method': 'POST', 'content-type': 'application/sdp', authorization: `Bearer ${streamKey}` },
      chromiumOffer,
    );
  expect(await offer('sk_a-key-of-nobody-at-all')).toMatchObject({ status: 401 });
  const { status, headers, body } = await offer('sk_a-key-of-a-sender-by-http2');
  expect({ status, body }).toMatchObject({ status: 201, body: expect.stringContaining('a=recvonly') });
  expect(headers.location).toMatch(`/whip/${streamId}/`);
}, 30_000);

test('on the TLS port, plain HTTP is for calls of this machine; all else is led to https', async () => {
  const { node } = await setUp();
  const plainUrl = node.publicUrl.replace('https', 'http');
  expect((await fetch(`${plainUrl}/readyz`)).status).toBe(200);
  expect((await fetch(`${plainUrl}/control/ask-now`, { method: 'POST' })).status).toBe(401);
  const led = await fetch(`${plainUrl}/stream/x/index.m3u8?a=1`, { redirect: 'manual' });
  expect([led.status, led.headers.get('location')]).toEqual([308, `${node.publicUrl}/stream/x/index.m3u8?a=1`]);
  const [elsewhere] = await once(get({ port: new URL(plainUrl).port, path: '//evil.example/' }), 'response');
  expect(elsewhere.headers.location).toBe(`${node.publicUrl}/`);
  elsewhere.resume();
}, 30_000);
