import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../config';
import { newId } from '../contract/ids';
import { whipUrl } from '../contract/media-urls';
import type { NodeSnapshot } from '../contract/snapshots';
import { encoderOf } from '../testing/child-processes';
import { readBeeps } from '../testing/flash-and-beep';
import { fetchRuns } from '../testing/recorded-runs';
import { TestWeb, testNodeSecret } from '../testing/test-web';
import { delaysBehindPicture, readToldSeconds } from '../testing/told-seconds';
import { WhipSender } from '../testing/whip-sender';
import { StreamNode } from './stream-node';

// Media is sent at the speed of life.
vi.setConfig({ testTimeout: 60_000 });

const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-whip-'));
const web = await TestWeb.start();
let log = '';
const node = await StreamNode.start(
  readConfig({
    ZYZZ_WEB_URL: web.url,
    ZYZZ_NODE_SECRET: testNodeSecret,
    ZYZZ_DATA_DIR: dataDir,
    STREAM_NODE_PORT: '0',
    // What is measured at the start would be none on a machine that stands still just then.
    STREAM_NODE_ENCODER_SLOTS: '8',
  }),
  pino({ level: 'trace' }, { write: (line) => (log += line) }),
);
await web.snapshotWhere(() => true);
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

async function wantStream(streamKey: string, changes = {}): Promise<string> {
  const streamId = newId('stream');
  await web.want({ streamId, graceSeconds: 60, ...changes });
  await web.giveKey(streamId, streamKey);
  return streamId;
}

function publish(streamId: string, streamKey: string, tracks = {}): WhipSender {
  const sender = WhipSender.publish(whipUrl(node.publicUrl, streamId), streamKey, tracks);
  onTestFinished(() => sender[Symbol.asyncDispose]());
  return sender;
}

const streamOf = (snapshot: NodeSnapshot, streamId: string) =>
  snapshot.streams.find((stream) => stream.streamId === streamId);
const inState = (streamId: string, wanted: string) => (snapshot: NodeSnapshot) =>
  streamOf(snapshot, streamId)?.state === wanted;

/** Resolves once so much of the stream is live, in milliseconds. */
async function liveFor(streamId: string, ms: number): Promise<NodeSnapshot> {
  return await web.snapshotWhere((snapshot) => {
    const { liveEdgeMs, startedAtMs } = streamOf(snapshot, streamId) ?? {};
    return typeof liveEdgeMs === 'number' && typeof startedAtMs === 'number' && liveEdgeMs - startedAtMs > ms;
  });
}

test('another WebRTC stack publishes sound and picture of one moment, past lost packets, a turned picture and a killed ffmpeg', async () => {
  const streamKey = `sk_a-key-of-${newId('stream')}`;
  const streamId = await wantStream(streamKey);
  const startedAtMs = Date.now();
  const sender = publish(streamId, streamKey, { lossShare: 0.03 });
  const { status, location, etag } = await sender.answer();
  expect({ status, etag }).toMatchObject({ status: 201, etag: expect.stringMatching(/^"\S+"$/) });
  expect(location).toMatch(new RegExp(`^/whip/${streamId}/[A-Za-z0-9_-]{22}$`));
  await liveFor(streamId, 2000);
  process.kill(await encoderOf(process.pid, streamId), 'SIGKILL');
  sender.resize();
  // Of so many seconds' beeps a busy machine may lose some at the start.
  await liveFor(streamId, 7000);
  expect(await sender.delete()).toBe(200);
  await web.snapshotWhere(inState(streamId, 'interrupted'));
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(inState(streamId, 'ended'));
  const base = `${node.publicUrl}/stream/${streamId}`;
  const pictures = await fetchRuns(`${base}/90p/recording.m3u8`);
  const sounds = await fetchRuns(`${base}/audio128/recording.m3u8`);
  expect([pictures.length, sounds.length]).toEqual([2, 2]);
  expect(pictures[0]?.startMs).toBeGreaterThan(startedAtMs);
  const beepsMs = await readBeeps(sounds);
  const delaysMs = delaysBehindPicture(await readToldSeconds(pictures), beepsMs);
  expect(delaysMs.length, `pictures beside ${beepsMs.length} beeps`).toBeGreaterThanOrEqual(4);
  // All but one: the first packet of a beep may be among the lost ones.
  const [, ...apart] = delaysMs.map(Math.abs).toSorted((one, other) => other - one);
  expect(Math.max(...apart), `sound against picture: ${delaysMs.map(Math.round)} ms`).toBeLessThan(40);
  // The second that the killed ffmpeg had is there too.
  const gapsMs = beepsMs.slice(1).map((beep, index) => beep - (beepsMs[index] ?? 0));
  expect(Math.max(...gapsMs), `between beeps: ${gapsMs.map(Math.round)} ms`).toBeLessThan(1040);
});
