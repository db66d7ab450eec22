import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import { CountedBroadcast, countTo, publishedSeconds, readRecordedCount } from '../testing/counted-broadcast';
import { playCounted } from '../testing/counted-media';
import { validateVersions } from '../testing/hls-validator';
import { NodeProcess } from '../testing/node-process';
import { TestPublisher } from '../testing/test-publisher';
import { TestWeb } from '../testing/test-web';

vi.setConfig({ testTimeout: 90_000 });

const ids = ['90p', 'audio128', 'audio64'];

test('a session that began before the one before it ended goes on where that ends: time never steps back, and each picture is recorded once', async () => {
  const startedAtMs = Date.now() - 20_000;
  const former = await CountedBroadcast.make(4, startedAtMs);
  const overlapSeconds = 1.5;
  const later = former.startedAt(startedAtMs + (former.seconds - overlapSeconds) * 1000);
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const web = await TestWeb.start();
  const node = await NodeProcess.start(web, dataDir);
  onTestFinished(async () => {
    await node[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });
  const streamId = newId('stream');
  const url = `${node.publicUrl}/stream/${streamId}`;
  await web.want({ streamId });
  const grant = await web.grant(streamId, 'publish');
  const playlists = ids.map((id) => `${url}/${id}/media.m3u8`);
  const playedLive: ReturnType<typeof playCounted>[] = [];
  for (const media of [former, later]) {
    const publisher = await TestPublisher.connect(node.publicUrl);
    onTestFinished(() => publisher[Symbol.asyncDispose]());
    await publisher.hello({ streamId, grant, recorderSession: newId('recorderSession') });
    publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
    media.send(publisher, 0);
    publisher.send({ type: 'finish', lastSequence: media.lastSequence });
    await publisher.next(({ type }) => type === 'finished');
    if (media === former) {
      const published = async () => Math.min(...(await Promise.all(playlists.map(publishedSeconds))));
      await expect.poll(published, { timeout: 30_000 }).toBeGreaterThan(1);
      playedLive.push(playCounted(`${url}/index.m3u8`));
    }
  }
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));

  for (const id of ids) {
    const text = await (await fetch(`${url}/${id}/media.m3u8`)).text();
    expect(text.match(/#EXT-X-DISCONTINUITY\n/g), id).toHaveLength(1);
    expect(validateVersions([{ text, fetchedAtMs: 0 }]), id).toEqual([]);
  }
  const { numbers, seamsMs, pictures, sounds, soundSeconds } = await readRecordedCount(url);
  const shownTwice = overlapSeconds * 30;
  expect(numbers.slice(0, former.seconds * 30)).toEqual(countTo(former.seconds * 30));
  expect(numbers.slice(former.seconds * 30)).toEqual(countTo(later.seconds * 30).slice(shownTwice));
  // The last picture is there, and lasts no longer than it should.
  const [pictureEndMs = Number.NaN, soundEndMs = Number.NaN] = [pictures, sounds].map((runs) => runs.at(-1)?.endMs);
  expect(pictureEndMs - soundEndMs).toBeLessThan(34);
  for (const seamMs of seamsMs) {
    expect(Math.abs(seamMs)).toBeLessThan(22);
  }
  // Media times go on across the discontinuity, so a player that does not follow times that step back loses nothing there.
  for (const played of await Promise.all([...playedLive, playCounted(`${url}/recording.m3u8`)])) {
    expect(played.numbers).toEqual(numbers);
    expect(played.samples.length / 48_000).toBeCloseTo(soundSeconds, 1);
    expect(played.warnings).not.toContain('out of order');
  }
});
