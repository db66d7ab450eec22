import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../config';
import { newId } from '../contract/ids';
import { MatroskaClock } from '../ingest/matroska-clock';
import { createLogger } from '../logger';
import { encodersOf } from '../testing/child-processes';
import { longestHoleMs, makeCountedMedia, readLadder, readPictureNumbers, readSamples } from '../testing/counted-media';
import { validateRenditions, validateVersions } from '../testing/hls-validator';
import { PlaylistFollower } from '../testing/playlist-follower';
import { fetchRuns } from '../testing/recorded-runs';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb, testNodeSecret } from '../testing/test-web';
import { StreamNode } from './stream-node';

vi.setConfig({ testTimeout: 30_000 });

const seconds = 9;
const media = await makeCountedMedia(seconds);
const chunkBytes = 2048;
const chunkCount = Math.ceil(media.byteLength / chunkBytes);
const chunks = Array.from({ length: chunkCount }, (_, at) => media.subarray(at * chunkBytes, (at + 1) * chunkBytes));
const clock = new MatroskaClock();
const recordingMs = Date.now() - seconds * 1000;
/** as a page says them: the recorder's first sample plus the container time of the chunk's first block */
const captureTimesMs = chunks.map((chunk) => recordingMs + (clock.feed(chunk).firstMs ?? 0));

async function setUp() {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const web = await TestWeb.start();
  const config = readConfig({
    ZYZZ_WEB_URL: web.url,
    ZYZZ_NODE_SECRET: testNodeSecret,
    ZYZZ_DATA_DIR: dataDir,
    STREAM_NODE_PORT: '0',
    STREAM_NODE_ENCODER_STALL_SECONDS: '1',
    LOG_LEVEL: 'silent',
  });
  const node = await StreamNode.start(config, createLogger({ level: config.logLevel }));
  onTestFinished(async () => {
    await node[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });
  await web.snapshotWhere(() => true);
  const streamId = newId('stream');
  await web.want({ streamId });
  const publisher = await TestPublisher.connect(node.publicUrl);
  onTestFinished(() => publisher[Symbol.asyncDispose]());
  const grant = await web.grant(streamId, 'publish');
  await publisher.hello({ streamId, grant, recorderSession: newId('recorderSession') });
  publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
  return { web, node, publisher, streamId, url: `${node.publicUrl}/stream/${streamId}` };
}

/** Sends chunks `from` to `to`, both as shares of the whole. */
function send(publisher: TestPublisher, from: number, to: number): void {
  for (let at = Math.floor(from * chunkCount); at < Math.floor(to * chunkCount); at += 1) {
    publisher.chunk(at, captureTimesMs[at] ?? 0, chunks[at] ?? Buffer.alloc(0));
  }
}

async function untilPublished(url: string, mediaSeconds: number): Promise<void> {
  const published = async () => {
    const response = await fetch(`${url}/90p/media.m3u8`);
    const listed = response.ok ? await response.text() : '';
    const segments = [...listed.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, value]) => sum + Number(value), 0);
    const open = listed.slice(listed.lastIndexOf('#EXTINF')).matchAll(/#EXT-X-PART:DURATION=([\d.]+)/g);
    return [...open].reduce((sum, [, value]) => sum + Number(value), segments);
  };
  await expect.poll(published, { timeout: 10_000, interval: 50 }).toBeGreaterThan(mediaSeconds);
}

test('ffmpeg killed, and ffmpeg that hangs: another goes on with the very next frame and sample', async () => {
  const { web, publisher, streamId, url } = await setUp();
  send(publisher, 0, 0.35);
  await untilPublished(url, 2);
  const followers = ['90p', 'audio128', 'audio64'].map((id) => new PlaylistFollower(`${url}/${id}/media.m3u8`));
  const [first = 0] = await encodersOf(process.pid);
  process.kill(first, 'SIGKILL');
  send(publisher, 0.35, 0.7);
  await untilPublished(url, 4.5);
  const [second = 0] = await encodersOf(process.pid);
  expect(second).not.toBe(first);
  process.kill(second, 'SIGSTOP');
  send(publisher, 0.7, 1);
  await untilPublished(url, 7);
  publisher.send({ type: 'finish', lastSequence: chunkCount - 1 });
  await publisher.next(({ type }) => type === 'finished');
  const texts = { '90p': '', audio64: '' };
  for (const follower of followers) {
    expect(validateVersions(await follower.stop())).toEqual([]);
  }
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  for (const id of ['90p', 'audio64'] as const) {
    texts[id] = await (await fetch(`${url}/${id}/media.m3u8`)).text();
    expect(texts[id].match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(2);
  }
  expect(validateRenditions(texts)).toEqual([]);

  const pictures = await fetchRuns(`${url}/90p/recording.m3u8`);
  expect(pictures).toHaveLength(3);
  const numbers = await Promise.all(pictures.map(({ mp4 }) => readPictureNumbers(mp4)));
  expect(numbers.flat()).toEqual(Array.from({ length: seconds * 30 }, (_, number) => number));
  for (const [index, run] of pictures.slice(1).entries()) {
    expect(Math.abs(run.startMs - (pictures[index]?.endMs ?? 0))).toBeLessThanOrEqual(1);
  }
  const sounds = await fetchRuns(`${url}/audio64/recording.m3u8`);
  for (const [index, run] of sounds.slice(1).entries()) {
    expect(Math.abs(run.startMs - (sounds[index]?.endMs ?? 0))).toBeLessThanOrEqual(1);
  }
  const samples = await Promise.all(sounds.map(({ mp4 }) => readSamples(mp4)));
  const joined = Float32Array.from(samples.flatMap((each) => [...each]));
  expect(joined.length / 48_000).toBeCloseTo(seconds, 1);
  expect(longestHoleMs(joined.subarray(2400, -2400))).toBeLessThan(25);
  expect(readLadder(joined.subarray(4800))).toEqual(Array.from({ length: 2 * seconds }, (_, step) => step));
});
