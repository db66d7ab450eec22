import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import { CountedBroadcast, countTo, publishedSeconds, readRecordedCount } from '../testing/counted-broadcast';
import { validateVersions } from '../testing/hls-validator';
import { NodeProcess } from '../testing/node-process';
import { PlaylistFollower } from '../testing/playlist-follower';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb } from '../testing/test-web';

vi.setConfig({ testTimeout: 120_000 });

const broadcast = await CountedBroadcast.make(12);
/** So short that files of the journal are let go of while it grows. */
const settings = { STREAM_NODE_JOURNAL_FILE_SECONDS: '1' };

test('a node killed and started again goes on with what it had not stored, and nothing acknowledged is missing', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const web = await TestWeb.start();
  const first = await NodeProcess.start(web, dataDir, 0, settings);
  onTestFinished(async () => {
    await first[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });
  const streamId = newId('stream');
  await web.want({ streamId });
  const hello = { streamId, grant: await web.grant(streamId, 'publish'), recorderSession: newId('recorderSession') };
  const before = await TestPublisher.connect(first.publicUrl);
  await before.hello(hello);
  before.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
  broadcast.send(before, 0, broadcast.at(0.75));
  const url = `${first.publicUrl}/stream/${streamId}`;
  const follower = new PlaylistFollower(`${url}/90p/media.m3u8`);
  const published = () => publishedSeconds(`${url}/90p/media.m3u8`);
  await expect.poll(published, { timeout: 30_000, interval: 50 }).toBeGreaterThan(7.5);
  const { recorderSession } = hello;
  const journalFiles = async () => (await readdir(join(dataDir, 'journals', streamId))).sort();
  await expect.poll(journalFiles, { timeout: 30_000 }).not.toContain(`${recorderSession}.2.journal`);
  expect(await journalFiles()).toContain(`${recorderSession}.journal`);
  await first.kill();

  const second = await NodeProcess.start(web, dataDir, first.port, settings);
  onTestFinished(() => second[Symbol.asyncDispose]());
  const after = await TestPublisher.connect(second.publicUrl);
  onTestFinished(() => after[Symbol.asyncDispose]());
  const welcome = await after.hello(hello);
  const acked = welcome.type === 'welcome' ? welcome.ackedSequence : Number.NaN;
  expect(acked).toBeGreaterThan(0);
  broadcast.send(after, acked + 1);
  after.send({ type: 'finish', lastSequence: broadcast.lastSequence });
  await after.next(({ type }) => type === 'finished');
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  await expect.poll(() => follower.versions.at(-1)?.text).toContain('#EXT-X-ENDLIST');

  const recorded = await readRecordedCount(url);
  expect(recorded.pictures).toHaveLength(2);
  expect(recorded.numbers).toEqual(countTo(broadcast.seconds * 30));
  expect(recorded.longestHoleMs).toBeLessThan(25);
  expect(recorded.ladder).toEqual(countTo(2 * broadcast.seconds));
  expect(Math.max(...recorded.seamsMs.map(Math.abs))).toBeLessThanOrEqual(1);
  expect(validateVersions(await follower.stop())).toEqual([]);
  expect(follower.versions.at(-1)?.text).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:0');
  expect(follower.versions.at(-1)?.text.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
  expect(await readdir(join(dataDir, 'journals', streamId))).toEqual([]);
});
