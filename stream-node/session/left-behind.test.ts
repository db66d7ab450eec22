import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import { CountedBroadcast, countTo, publishedSeconds, readRecordedCount } from '../testing/counted-broadcast';
import { NodeProcess } from '../testing/node-process';
import { tellStoredTakes } from '../testing/stored-takes';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb } from '../testing/test-web';

// Two nodes are started, which takes a starved machine half of a minute each.
vi.setConfig({ testTimeout: 120_000 });

const seconds = 5;
const broadcast = await CountedBroadcast.make(seconds, Date.now() - 20_000);

test('of a session that a killed node had begun and the stream left behind, the rest is taken there when it is back', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const web = await TestWeb.start();
  const node = await NodeProcess.start(web, dataDir);
  onTestFinished(async () => {
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });
  const [streamId, recorderSession] = [newId('stream'), newId('recorderSession')];
  const connect = async (epoch: number, backfill: boolean) => {
    const publisher = await TestPublisher.connect(node.publicUrl);
    onTestFinished(() => publisher[Symbol.asyncDispose]());
    const grant = await web.grant(streamId, 'publish', epoch);
    const answer = await publisher.hello({ streamId, grant, recorderSession, ...(backfill && { backfill }) });
    publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
    return { publisher, answer };
  };
  const url = `${node.publicUrl}/stream/${streamId}`;
  const journals = () => readdir(join(dataDir, 'journals', streamId)).catch(() => []);
  await web.want({ streamId });
  const first = await connect(1, false);
  broadcast.send(first.publisher, 0, broadcast.at(0.6));
  await expect.poll(() => publishedSeconds(`${url}/90p/media.m3u8`), { timeout: 30_000 }).toBeGreaterThan(1);
  await node.kill();

  await web.want({ streamId, epoch: 2, action: 'end', home: 'https://another.example' }).catch(() => undefined);
  const again = await NodeProcess.start(web, dataDir, node.port);
  onTestFinished(() => again[Symbol.asyncDispose]());
  // What was acknowledged does not wait for the rest.
  const recordedSeconds = () => publishedSeconds(`${url}/90p/recording.m3u8`);
  await expect.poll(recordedSeconds, { timeout: 30_000 }).toBeGreaterThan(seconds / 2);
  expect(await journals()).toHaveLength(1);

  const live = await connect(2, false);
  expect(live.answer).toMatchObject({ code: 'stream_not_here' });
  const rest = await connect(2, true);
  expect(rest.answer).toMatchObject({ type: 'welcome' });
  const acked = rest.answer.type === 'welcome' ? rest.answer.ackedSequence : Number.NaN;
  expect(acked).toBeGreaterThan(0);
  broadcast.send(rest.publisher, acked + 1);
  rest.publisher.send({ type: 'finish', lastSequence: broadcast.lastSequence });
  await rest.publisher.next(({ type }) => type === 'finished');
  await expect.poll(journals, { timeout: 30_000 }).toEqual([]);
  const recorded = await readRecordedCount(url);
  const told = `listed:\n${recorded.told}\nstored:\n${await tellStoredTakes(dataDir, streamId)}`;
  expect(recorded.numbers, told).toEqual(countTo(seconds * 30));
  expect(recorded.ladder, told).toEqual(countTo(2 * seconds));
  expect(recorded.longestHoleMs).toBeLessThan(25);
});
