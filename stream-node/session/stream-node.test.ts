import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../config';
import { newId } from '../contract/ids';
import { mediaPath } from '../contract/media-urls';
import { metricValue } from '../contract/metrics-text';
import { createLogger } from '../logger';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb, testNodeSecret } from '../testing/test-web';
import { makeTestMedia } from '../transcode/test-media';
import { StreamNode } from './stream-node';

vi.setConfig({ testTimeout: 30_000 });

const video = { codec: 'libvpx', size: '160x90', rate: '30' } as const;
const media = await makeTestMedia({ video, audio: true, seconds: 5 });

type Setup = { web: TestWeb; node: StreamNode; dataDir: string };

async function startNode(web: TestWeb, dataDir: string): Promise<StreamNode> {
  const config = readConfig({
    ZYZZ_WEB_URL: web.url,
    ZYZZ_NODE_SECRET: testNodeSecret,
    ZYZZ_DATA_DIR: dataDir,
    STREAM_NODE_PORT: '0',
    LOG_LEVEL: 'silent',
  });
  return await StreamNode.start(config, createLogger({ level: config.logLevel }));
}

async function setUp(): Promise<Setup> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const web = await TestWeb.start();
  const node = await startNode(web, dataDir);
  onTestFinished(async () => {
    await node[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });
  await web.snapshotWhere(() => true);
  return { web, node, dataDir };
}

async function publish({ web, node }: Setup, streamId: string, recorderSession = newId('recorderSession')) {
  const publisher = await TestPublisher.connect(node.publicUrl);
  onTestFinished(() => publisher[Symbol.asyncDispose]());
  const answer = await publisher.hello({ streamId, grant: await web.grant(streamId, 'publish'), recorderSession });
  return { publisher, answer };
}

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return await response.text();
}

test('what a publisher sends is live, counted, and after the end a recording of the same length', async () => {
  const setup = await setUp();
  const { web, node } = setup;
  const streamId = newId('stream');
  await web.want({ streamId });
  const { publisher, answer } = await publish(setup, streamId);
  expect(answer).toMatchObject({ type: 'welcome', ackedSequence: -1 });
  const captureTimeMs = Date.now() - 1000;
  await publisher.sendAll(media, captureTimeMs);

  const live = await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'live'));
  expect(live.streams[0]).toMatchObject({ streamId, epoch: 1, bytesIn: media.byteLength });
  const multivariant = await text(node.publicUrl + mediaPath(streamId, 'index.m3u8'));
  const playlistUri = multivariant.split('\n').find((line) => /^90p\/.*m3u8/.test(line));
  expect(multivariant).toContain('RESOLUTION=160x90');
  const playlist = await text(`${node.publicUrl}/stream/${streamId}/${playlistUri}?_HLS_msn=1`);
  expect(playlist).toContain('#EXT-X-PART:');
  const firstDate = /#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(playlist)?.[1] ?? '';
  expect(Math.abs(Date.parse(firstDate) - captureTimeMs)).toBeLessThanOrEqual(30);

  const figures = await text(`${node.publicUrl}/metrics`);
  expect(metricValue(figures, 'zyzz_node_streams', 'state="live"')).toBe(1);
  expect(metricValue(figures, 'zyzz_node_publishers')).toBe(1);
  expect(metricValue(figures, 'zyzz_node_ingest_bytes_total')).toBe(media.byteLength);
  expect(metricValue(figures, 'zyzz_node_ingest_chunks_total')).toBe(Math.ceil(media.byteLength / 4096));
  expect(metricValue(figures, 'zyzz_node_ingest_ack_seconds_count')).toBeGreaterThan(0);
  expect(metricValue(figures, 'zyzz_node_parts_published_total')).toBeGreaterThan(10);
  expect(metricValue(figures, 'zyzz_node_publish_latency_seconds_count')).toBeGreaterThan(5);
  expect(metricValue(figures, 'zyzz_node_journal_bytes')).toBeGreaterThan(media.byteLength);
  expect(metricValue(figures, 'zyzz_node_window_bytes')).toBeGreaterThan(1000);
  expect(metricValue(figures, 'zyzz_node_disk_free_bytes')).toBeGreaterThan(1_000_000);
  expect(figures, 'the number of series must not grow with use').not.toContain(streamId);

  publisher.send({ type: 'finish', lastSequence: Math.ceil(media.byteLength / 4096) - 1 });
  await publisher.next((message) => message.type === 'finished');
  await web.want({ streamId, action: 'end' });
  const ended = await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  expect(ended.takes).toMatchObject([{ streamId, closed: true }]);
  expect(ended.takes[0]?.durationSeconds).toBeGreaterThan(4.9);
  const recording = await text(`${node.publicUrl}/stream/${streamId}/90p/recording.m3u8`);
  expect(recording).toContain('#EXT-X-ENDLIST');
  const seconds = [...recording.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  expect(seconds).toBeCloseTo(5, 0);
});

test('a picture that begins between two slots of its frame rate is cut into whole segments, at its true time', async () => {
  const setup = await setUp();
  const { web, node } = setup;
  const streamId = newId('stream');
  await web.want({ streamId });
  const { publisher } = await publish(setup, streamId);
  const captureTimeMs = Date.now() - 1000;
  await publisher.sendAll(
    await makeTestMedia({ video: { ...video, lateSeconds: 0.013 }, audio: true, seconds: 5 }),
    captureTimeMs,
  );
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'live'));
  const playlist = await text(`${node.publicUrl}/stream/${streamId}/90p/media.m3u8?_HLS_msn=1`);
  const durations = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) => Number(seconds));
  expect(durations).toEqual([2, 2]);
  const firstDate = /#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(playlist)?.[1] ?? '';
  // What fills the slots before the first frame begins the grid, less than a slot before the recorder's time zero.
  expect(Math.abs(Date.parse(firstDate) - captureTimeMs)).toBeLessThanOrEqual(30);
});

test('a recording plays after a restart of the node, before anybody asks for it', async () => {
  const setup = await setUp();
  const { web, node, dataDir } = setup;
  const streamId = newId('stream');
  await web.want({ streamId });
  const { publisher } = await publish(setup, streamId);
  await publisher.sendAll(media, Date.now());
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  const before = await text(`${node.publicUrl}/stream/${streamId}/audio64/recording.m3u8`);
  await node[Symbol.asyncDispose]();
  const again = await startNode(web, dataDir);
  onTestFinished(() => again[Symbol.asyncDispose]());
  expect(await text(`${again.publicUrl}/stream/${streamId}/audio64/recording.m3u8`)).toBe(before);
});

test('a cut line loses nothing: the same session goes on where the journal ends', async () => {
  const setup = await setUp();
  const { web, node } = setup;
  const streamId = newId('stream');
  const recorderSession = newId('recorderSession');
  await web.want({ streamId });
  const { publisher } = await publish(setup, streamId, recorderSession);
  const half = Math.ceil(media.byteLength / 2 / 4096) * 4096;
  const sent = await publisher.sendAll(media.subarray(0, half), Date.now());
  publisher.cut();
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'interrupted'));

  const { publisher: back, answer } = await publish(setup, streamId, recorderSession);
  expect(answer).toMatchObject({ type: 'welcome', ackedSequence: sent - 1 });
  const rest = media.subarray(half);
  for (let at = 0; at * 4096 < rest.byteLength; at += 1) {
    back.chunk(sent + at, Date.now(), rest.subarray(at * 4096, (at + 1) * 4096));
  }
  await web.snapshotWhere(({ streams }) => streams.some(({ bytesIn }) => bytesIn === media.byteLength));
  await web.want({ streamId, action: 'end' });
  const ended = await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  expect(ended.takes).toHaveLength(1);
  expect(ended.takes[0]?.durationSeconds).toBeGreaterThan(4.9);
  const playlist = await text(`${node.publicUrl}/stream/${streamId}/90p/media.m3u8`);
  expect(playlist).not.toContain('#EXT-X-DISCONTINUITY\n');
});

test('a second recorder session follows by a discontinuity and becomes a second take', async () => {
  const setup = await setUp();
  const { web, node } = setup;
  const streamId = newId('stream');
  await web.want({ streamId });
  const { publisher: first } = await publish(setup, streamId);
  await first.sendAll(media, Date.now() - 10_000);
  const { publisher: second } = await publish(setup, streamId);
  await expect(first.next((message) => message.type === 'refused')).resolves.toMatchObject({ code: 'replaced' });
  await second.sendAll(media, Date.now());
  await web.want({ streamId, action: 'end' });
  const ended = await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  expect(ended.takes).toHaveLength(2);
  const playlist = await text(`${node.publicUrl}/stream/${streamId}/90p/media.m3u8`);
  expect(playlist.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
});

test('a publisher that does not come back within the grace window ends its stream', async () => {
  const setup = await setUp();
  const { web } = setup;
  const streamId = newId('stream');
  await web.want({ streamId, graceSeconds: 1 });
  const { publisher } = await publish(setup, streamId);
  await publisher.sendAll(media, Date.now());
  publisher.cut();
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'interrupted'));
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
});

test('garbage for media is refused by name, and another stream on the node is unharmed', async () => {
  const setup = await setUp();
  const { web } = setup;
  const [bad, good] = [newId('stream'), newId('stream')];
  await web.want({ streamId: bad });
  await web.want({ streamId: good });
  const { publisher: garbage } = await publish(setup, bad);
  const { publisher } = await publish(setup, good);
  garbage.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
  garbage.chunk(0, Date.now(), Buffer.alloc(100_000, 'this is not media '));
  await expect(garbage.next((message) => message.type === 'refused')).resolves.toMatchObject({ code: 'bad_media' });
  await publisher.sendAll(media, Date.now());
  await web.snapshotWhere(({ streams }) =>
    streams.some(({ streamId, state }) => streamId === good && state === 'live'),
  );
});

test('a deleted stream leaves nothing on the node', async () => {
  const setup = await setUp();
  const { web, node } = setup;
  const streamId = newId('stream');
  await web.want({ streamId });
  const { publisher } = await publish(setup, streamId);
  await publisher.sendAll(media, Date.now());
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  await web.want({ streamId, action: 'delete' });
  await web.snapshotWhere(({ streams, takes }) => streams.length === 0 && takes.length === 0);
  const status = async () => (await fetch(node.publicUrl + mediaPath(streamId, 'recording.m3u8'))).status;
  await expect.poll(status).toBe(421);
});

test('a stream that is deleted while it is on air cuts its publisher off, who is not let in again', async () => {
  const setup = await setUp();
  const { web } = setup;
  const streamId = newId('stream');
  await web.want({ streamId });
  const { publisher } = await publish(setup, streamId);
  await publisher.sendAll(media, Date.now());
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'live'));
  await web.want({ streamId, action: 'delete' });
  expect(await publisher.next(({ type }) => type === 'refused')).toMatchObject({
    code: 'stream_ended',
    retryable: false,
  });
  await web.snapshotWhere(({ streams, takes }) => streams.length === 0 && takes.length === 0);
  const { answer } = await publish(setup, streamId);
  expect(answer).toMatchObject({ type: 'refused' });
});
