import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import { CountedBroadcast, countTo, publishedSeconds, readRecordedCount } from '../testing/counted-broadcast';
import { validateRecording } from '../testing/hls-validator';
import { NodeProcess } from '../testing/node-process';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb } from '../testing/test-web';

vi.setConfig({ testTimeout: 120_000 });

const seconds = 6;
const earlier = await CountedBroadcast.make(seconds, Date.now() - 20_000);
/** The next recorder gives its first chunk before the last one is stopped. */
const overlapMs = 150;
const later = await CountedBroadcast.make(4, Date.now() - 20_000 + seconds * 1000 - overlapMs);

async function setUp(graceSeconds: number) {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const web = await TestWeb.start();
  const node = await NodeProcess.start(web, dataDir);
  onTestFinished(async () => {
    await node[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });
  const streamId = newId('stream');
  await web.want({ streamId, graceSeconds });
  const grant = await web.grant(streamId, 'publish');
  const connect = async (recorderSession: string, backfill?: boolean) => {
    const publisher = await TestPublisher.connect(node.publicUrl);
    onTestFinished(() => publisher[Symbol.asyncDispose]());
    const welcome = await publisher.hello({ streamId, grant, recorderSession, ...(backfill && { backfill }) });
    publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
    return { publisher, acked: welcome.type === 'welcome' ? welcome.ackedSequence : Number.NaN };
  };
  const journals = () => readdir(join(dataDir, 'journals', streamId)).catch(() => []);
  return { web, node, dataDir, streamId, connect, journals, url: `${node.publicUrl}/stream/${streamId}` };
}

async function violationsIn(url: string, file: string) {
  const texts = ['90p', 'audio128', 'audio64'].map(async (id) => (await fetch(`${url}/${id}/${file}`)).text());
  return (await Promise.all(texts)).flatMap(validateRecording);
}

test('the rest of an earlier session, sent beside the live one, heals the recording and is never played live', async () => {
  const { web, streamId, connect, journals, url } = await setUp(120);
  const [lost, live] = [newId('recorderSession'), newId('recorderSession')];
  const first = await connect(lost);
  earlier.send(first.publisher, 0, earlier.at(0.5));
  await expect.poll(() => publishedSeconds(`${url}/90p/media.m3u8`), { timeout: 30_000 }).toBeGreaterThan(2);
  first.publisher.cut();
  const second = await connect(live);
  later.send(second.publisher, 0, later.at(0.5));
  const rest = await connect(lost, true);
  expect(rest.acked).toBeGreaterThan(0);
  earlier.send(rest.publisher, rest.acked + 1);
  rest.publisher.send({ type: 'finish', lastSequence: earlier.lastSequence });
  await rest.publisher.next(({ type }) => type === 'finished');
  later.send(second.publisher, later.at(0.5));
  await expect.poll(async () => (await journals()).length, { timeout: 30_000 }).toBe(1);
  const states = (await web.snapshotWhere(() => true)).streams.map(({ state }) => state);
  expect(states).toEqual(['live']);
  const healed = await readRecordedCount(url, 'dvr.m3u8');
  expect(healed.numbers.slice(0, seconds * 30)).toEqual(countTo(seconds * 30));
  expect(await violationsIn(url, 'dvr.m3u8')).toEqual([]);
  expect(await (await fetch(`${url}/dvr.m3u8`)).text()).toContain('90p/dvr.m3u8');
  second.publisher.send({ type: 'finish', lastSequence: later.lastSequence });
  await second.publisher.next(({ type }) => type === 'finished');
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));

  const text = await (await fetch(`${url}/90p/media.m3u8`)).text();
  expect(text.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
  const recorded = await readRecordedCount(url);
  expect(await violationsIn(url, 'recording.m3u8')).toEqual([]);
  expect(recorded.pictures).toHaveLength(3);
  expect(recorded.numbers).toEqual([...countTo(seconds * 30), ...countTo(later.seconds * 30)]);
  const [pictureSeamMs = Number.NaN, , soundSeamMs = Number.NaN] = recorded.seamsMs;
  expect(Math.abs(pictureSeamMs)).toBeLessThanOrEqual(1);
  // The last AAC frame of a session that was ended is filled up with silence.
  expect(Math.abs(soundSeamMs)).toBeLessThan(22);
  expect(Math.abs(recorded.soundSeconds - seconds - later.seconds)).toBeLessThan(0.1);
  await expect.poll(journals, { timeout: 30_000 }).toEqual([]);
});

test('what a killed node had not stored is recorded without its publisher, who comes when all is over and sends the rest', async () => {
  const { web, node, dataDir, streamId, connect, journals, url } = await setUp(1);
  const recorderSession = newId('recorderSession');
  const { publisher } = await connect(recorderSession);
  const lost = earlier.at(0.8);
  earlier.send(publisher, 0, lost);
  await publisher.next((message) => message.type === 'ack' && message.sequence === lost - 1);
  const isStored = async () => (await publishedSeconds(`${url}/90p/recording.m3u8`)) > 0;
  await expect.poll(isStored, { timeout: 30_000 }).toBe(true);
  await node.kill();
  const second = await NodeProcess.start(web, dataDir, node.port);
  onTestFinished(() => second[Symbol.asyncDispose]());
  await web.snapshotWhere(({ takes }) => takes.length === 2 && takes.every(({ closed }) => closed));
  const kept = await readRecordedCount(url);
  expect(kept.numbers).toEqual(countTo(kept.numbers.length));
  expect(kept.numbers.length).toBeGreaterThan(0.7 * seconds * 30);
  await web.want({ streamId, graceSeconds: 1, action: 'end' });

  const late = await connect(recorderSession, true);
  expect(late.acked).toBe(lost - 1);
  earlier.send(late.publisher, lost);
  late.publisher.send({ type: 'finish', lastSequence: earlier.lastSequence });
  await late.publisher.next(({ type }) => type === 'finished');
  await expect.poll(journals, { timeout: 30_000 }).toEqual([]);
  const recorded = await readRecordedCount(url);
  expect(recorded.numbers).toEqual(countTo(seconds * 30));
  expect(recorded.ladder).toEqual(countTo(2 * seconds));
  expect(recorded.longestHoleMs).toBeLessThan(25);
  const { takes } = await web.snapshotWhere((snapshot) => snapshot.takes.every(({ closed }) => closed));
  expect(takes.every((take) => take.streamId === streamId)).toBe(true);
});
