import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../config';
import { newId } from '../contract/ids';
import { createLogger } from '../logger';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb, testNodeSecret } from '../testing/test-web';
import { makeTestMedia } from '../transcode/test-media';
import { StreamNode } from './stream-node';

vi.setConfig({ testTimeout: 30_000 });

const media = await makeTestMedia({ video: { codec: 'libvpx', size: '160x90', rate: '30' }, audio: true, seconds: 3 });

type Setup = { web: TestWeb; node: StreamNode };

/** A node, and a web of its own: what the web would tell each node of the same stream is told by the test. */
async function setUp(settings: Record<string, string> = {}): Promise<Setup> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const web = await TestWeb.start();
  const config = readConfig({
    ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
    ...{ STREAM_NODE_PORT: '0', LOG_LEVEL: 'silent', ...settings },
  });
  const node = await StreamNode.start(config, createLogger({ level: config.logLevel }));
  onTestFinished(async () => {
    await node[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });
  await web.snapshotWhere(() => true);
  return { web, node };
}

async function hello({ web, node }: Setup, streamId: string, epoch = 1) {
  const publisher = await TestPublisher.connect(node.publicUrl);
  onTestFinished(() => publisher[Symbol.asyncDispose]());
  const grant = await web.grant(streamId, 'publish', epoch);
  const answer = await publisher.hello({ streamId, grant, recorderSession: newId('recorderSession') });
  return { publisher, answer };
}

const inState = async (web: TestWeb, wanted: string) =>
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === wanted));
const secondsOf = (playlist: string) =>
  [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, value]) => sum + Number(value), 0);

test('a stream that moved is one recording, whichever node is asked, and its former node shows the way', async () => {
  const [former, home] = [await setUp(), await setUp()];
  const streamId = newId('stream');
  await former.web.want({ streamId });
  const first = await hello(former, streamId);
  await first.publisher.sendAll(media, Date.now() - 10_000);
  await inState(former.web, 'live');
  first.publisher.cut();

  await home.web.want({ streamId, epoch: 2, formerHomes: [former.node.publicUrl] });
  await former.web.want({ streamId, epoch: 2, action: 'end', home: home.node.publicUrl });
  await inState(former.web, 'ended');
  const second = await hello(home, streamId, 2);
  await second.publisher.sendAll(media, Date.now() - 4000);
  await inState(home.web, 'live');
  const path = `/stream/${streamId}`;
  const late = await fetch(`${former.node.publicUrl}${path}/90p/media.m3u8`);
  expect(await late.text()).not.toContain('#EXT-X-ENDLIST');

  await home.web.want({ streamId, epoch: 2, action: 'end' });
  await inState(home.web, 'ended');
  const recordings = await Promise.all(
    [former, home].map(async ({ node }) => {
      const all = await fetch(`${node.publicUrl}${path}/recording.m3u8`);
      expect(await all.text()).toContain('90p/recording.m3u8');
      return await (await fetch(`${node.publicUrl}${path}/90p/recording.m3u8`)).text();
    }),
  );
  for (const recording of recordings) {
    expect(secondsOf(recording)).toBeCloseTo(6, 0);
    expect(recording.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
    expect(recording.match(/#EXT-X-MAP:/g)).toHaveLength(2);
  }
  const [ofFormer = ''] = recordings[1]?.match(/tak_\w+\.mp4/) ?? [];
  const redirected = await fetch(`${home.node.publicUrl}${path}/90p/${ofFormer}`, { headers: { range: 'bytes=0-99' } });
  expect(redirected.status).toBe(206);
  expect(redirected.url).toBe(`${former.node.publicUrl}${path}/90p/${ofFormer}`);

  const refused = await hello(former, streamId, 2);
  expect(refused.answer).toMatchObject({
    type: 'refused',
    code: 'stream_not_here',
    url: `${home.node.publicUrl.replace('http', 'ws')}/ingest`,
  });
});

test('a node that never had any of it on disk answers 421 with the right node, for all time to come', async () => {
  const { web, node } = await setUp();
  const streamId = newId('stream');
  const home = 'https://another.example';
  await web.want({ streamId, epoch: 2, action: 'end', home });
  const asked = async () => await fetch(`${node.publicUrl}/stream/${streamId}/index.m3u8`);
  await expect.poll(async () => (await asked()).headers.get('location')).toBe(`${home}/stream/${streamId}/index.m3u8`);
  const answer = await asked();
  expect(answer.status).toBe(421);
  expect(await answer.json()).toMatchObject({
    code: 'stream_not_here',
    url: `${home}/stream/${streamId}/index.m3u8`,
  });
});

test('a node that drains takes no new streams, asks its publishers to move, and may stop once they have', async () => {
  const setup = await setUp({ ZYZZ_DRAIN_SECONDS: '0' });
  const { web, node } = setup;
  const [streamId, newStreamId] = [newId('stream'), newId('stream')];
  await web.want({ streamId });
  const { publisher } = await hello(setup, streamId);
  const count = await publisher.sendAll(media, Date.now() - 3000);
  await inState(web, 'live');

  web.alsoDesired = { hasRoomElsewhere: true };
  await web.want({ streamId: newStreamId });
  const left = node.leave();
  await publisher.next(({ type }) => type === 'move');
  expect(await (await fetch(`${node.publicUrl}/readyz`)).json()).toMatchObject({ reason: 'draining' });
  expect((await web.snapshotWhere(({ draining }) => draining)).draining).toBe(true);
  expect((await hello(setup, newStreamId)).answer).toMatchObject({ code: 'draining', retryable: true });

  // The web has moved the stream; the publisher still finishes here.
  await web.want({ streamId, epoch: 2, action: 'end', home: 'https://another.example' });
  publisher.send({ type: 'finish', lastSequence: count - 1 });
  await publisher.next(({ type }) => type === 'finished');
  const ended = await inState(web, 'ended');
  expect(ended.takes).toMatchObject([{ streamId, closed: true }]);
  await left;
});

test('a node that is told to stop waits for nobody when there is nowhere to go', async () => {
  const setup = await setUp();
  const streamId = newId('stream');
  await setup.web.want({ streamId });
  const { publisher } = await hello(setup, streamId);
  await publisher.sendAll(media, Date.now() - 3000);
  await inState(setup.web, 'live');
  setup.web.alsoDesired = { hasRoomElsewhere: false };
  await setup.node.leave();
  expect((await inState(setup.web, 'live')).draining).toBe(true);
});
