import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../config';
import { newId } from '../contract/ids';
import { createLogger } from '../logger';
import { fillDisk } from '../testing/disk-fault';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb, testNodeSecret } from '../testing/test-web';
import { makeTestMedia } from '../transcode/test-media';
import { StreamNode } from './stream-node';

vi.setConfig({ testTimeout: 40_000 });

const media = await makeTestMedia({
  video: { codec: 'libvpx', size: '160x90', rate: '30' },
  audio: true,
  seconds: 5,
});
const half = Math.ceil(media.byteLength / 2 / 4096) * 4096;
const chunks = Math.ceil(media.byteLength / 4096);
const ample = 100 * 1024 ** 3;
const short = 300 * 1024 ** 2;

async function setUp(freeBytes: number) {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-disk-'));
  const web = await TestWeb.start();
  const disk = { freeBytes };
  const config = readConfig({
    ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
    ...{ STREAM_NODE_PORT: '0', LOG_LEVEL: 'silent' },
  });
  const node = await StreamNode.start(config, createLogger({ level: 'silent' }), {
    diskBytes: async () => ({ freeBytes: disk.freeBytes, totalBytes: ample }),
  });
  onTestFinished(async () => {
    await node[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });
  await web.snapshotWhere(() => true);
  const streamId = newId('stream');
  await web.want({ streamId });
  const recorderSession = newId('recorderSession');
  const connect = async () => {
    const publisher = await TestPublisher.connect(node.publicUrl);
    onTestFinished(() => publisher[Symbol.asyncDispose]());
    const answer = await publisher.hello({ streamId, grant: await web.grant(streamId, 'publish'), recorderSession });
    return { publisher, answer };
  };
  const sendRest = (publisher: TestPublisher, from: number) => {
    for (let sequence = from; sequence < chunks; sequence += 1) {
      publisher.chunk(sequence, Date.now(), media.subarray(sequence * 4096, (sequence + 1) * 4096));
    }
    publisher.send({ type: 'finish', lastSequence: chunks - 1 });
  };
  const journals = () => readdir(join(dataDir, 'journals', streamId)).catch(() => []);
  return { web, node, dataDir, disk, streamId, connect, sendRest, journals };
}

test('a disk that is nearly full takes no recording, and says so; the live stream goes on', async () => {
  const { web, dataDir, streamId, connect, sendRest, journals } = await setUp(short);
  const { publisher } = await connect();
  sendRest(publisher, 0);
  await publisher.next(({ type }) => type === 'finished');
  const live = await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'live'));
  expect(live.disk?.level).toBe('short');
  expect(live.streams[0]?.recording).toEqual({ state: 'refused', reason: expect.stringMatching(/nearly full/) });
  await web.want({ streamId, action: 'end' });
  const ended = await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  expect(ended.takes).toEqual([]);
  await expect.poll(journals).toEqual([]);
  expect(await readdir(join(dataDir, 'recordings', streamId))).toEqual(['stream.json']);
});

test('a take is closed whole before the disk is full, and the rest is recorded when there is room again', async () => {
  const { web, disk, streamId, connect, sendRest, journals } = await setUp(ample);
  const { publisher } = await connect();
  const sent = await publisher.sendAll(media.subarray(0, half), Date.now());
  await web.snapshotWhere(({ takes }) => takes.some(({ durationSeconds }) => durationSeconds > 1));
  disk.freeBytes = short;
  const told = await web.snapshotWhere(({ streams }) => streams[0]?.recording?.state === 'stopped');
  expect(told.streams[0]).toMatchObject({ state: 'live', recording: { reason: expect.stringMatching(/nearly full/) } });
  expect((await web.snapshotWhere(({ takes }) => takes.every(({ closed }) => closed))).takes).toHaveLength(1);
  sendRest(publisher, sent);
  await publisher.next(({ type }) => type === 'finished');
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  expect(await journals()).toHaveLength(1);
  disk.freeBytes = ample;
  await expect.poll(journals, { timeout: 20_000 }).toEqual([]);
  const { takes } = await web.snapshotWhere(({ takes }) => takes.length === 2);
  expect(takes.every(({ closed }) => closed)).toBe(true);
  expect(takes.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)).toBeCloseTo(5, 0);
});

test('a disk without any room acknowledges nothing and tells the publisher, who goes on once there is room', async () => {
  const { web, streamId, connect, sendRest } = await setUp(ample);
  const { publisher } = await connect();
  await publisher.sendAll(media.subarray(0, half), Date.now());
  await web.snapshotWhere(({ takes }) => takes.length > 0);
  const full = await fillDisk();
  onTestFinished(full.lift);
  publisher.chunk(half / 4096, Date.now(), media.subarray(half, half + 4096));
  expect(await publisher.next(({ type }) => type === 'refused')).toMatchObject({ code: 'disk_full', retryable: true });
  full.lift();
  const { publisher: back, answer } = await connect();
  expect(answer).toEqual(expect.objectContaining({ type: 'welcome', ackedSequence: half / 4096 - 1 }));
  sendRest(back, half / 4096);
  await back.next(({ type }) => type === 'finished');
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  const recorded = await web.snapshotWhere(
    ({ takes }) => takes.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) > 4.9,
  );
  expect(recorded.takes.every(({ closed }) => closed)).toBe(true);
});

test('a disk that is full lets no new publisher in', async () => {
  const { connect } = await setUp(100 * 1024 ** 2);
  expect((await connect()).answer).toMatchObject({ type: 'refused', code: 'disk_full', retryable: true });
});
