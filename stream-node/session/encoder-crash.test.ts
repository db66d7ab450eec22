import { expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import { encoderOf } from '../testing/child-processes';
import { CountedBroadcast, countTo, publishedSeconds, readRecordedCount } from '../testing/counted-broadcast';
import { validateRenditions, validateVersions } from '../testing/hls-validator';
import { readMpd } from '../testing/listed-mpd';
import { PlaylistFollower } from '../testing/playlist-follower';
import { TestNode } from '../testing/test-node';
import { TestPublisher } from '../testing/test-publisher';

vi.setConfig({ testTimeout: 90_000 });

const broadcast = await CountedBroadcast.make(9);

async function setUp() {
  const testNode = await TestNode.start({ STREAM_NODE_ENCODER_STALL_SECONDS: '1' });
  onTestFinished(() => testNode[Symbol.asyncDispose]());
  const { node, web } = testNode;
  const streamId = newId('stream');
  await web.want({ streamId });
  const publisher = await TestPublisher.connect(node.publicUrl);
  onTestFinished(() => publisher[Symbol.asyncDispose]());
  const grant = await web.grant(streamId, 'publish');
  await publisher.hello({ streamId, grant, recorderSession: newId('recorderSession') });
  publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
  return { web, node, publisher, streamId, url: `${node.publicUrl}/stream/${streamId}` };
}

async function untilPublished(url: string, mediaSeconds: number): Promise<void> {
  const published = () => publishedSeconds(`${url}/90p/media.m3u8`);
  await expect.poll(published, { timeout: 30_000, interval: 50 }).toBeGreaterThan(mediaSeconds);
}

test('ffmpeg killed, and ffmpeg that hangs: another goes on with the very next frame and sample', async () => {
  const { web, publisher, streamId, url } = await setUp();
  broadcast.send(publisher, 0, broadcast.at(0.35));
  await untilPublished(url, 2);
  const followers = ['90p', 'audio128', 'audio64'].map((id) => new PlaylistFollower(`${url}/${id}/media.m3u8`));
  const first = await encoderOf(process.pid, streamId);
  process.kill(first, 'SIGKILL');
  broadcast.send(publisher, broadcast.at(0.35), broadcast.at(0.7));
  await untilPublished(url, 4.5);
  const second = await encoderOf(process.pid, streamId);
  expect(second).not.toBe(first);
  process.kill(second, 'SIGSTOP');
  broadcast.send(publisher, broadcast.at(0.7));
  await untilPublished(url, 7);
  publisher.send({ type: 'finish', lastSequence: broadcast.lastSequence });
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

  for (const name of ['live.mpd', 'recording.mpd']) {
    const { periods } = readMpd(await (await fetch(`${url}/${name}`)).text());
    expect(periods, name).toHaveLength(1);
    for (const { id, segments } of periods[0]?.representations ?? []) {
      const holes = segments
        .slice(1)
        .map(({ startSeconds }, index) => startSeconds - (segments[index]?.endSeconds ?? 0));
      expect(Math.max(...holes.map(Math.abs)), `${name} ${id}`).toBeLessThan(0.001);
      expect(segments.at(-1)?.endSeconds, `${name} ${id}`).toBeCloseTo(
        (segments[0]?.startSeconds ?? 0) + broadcast.seconds,
        0,
      );
    }
  }
  const recorded = await readRecordedCount(url);
  expect(recorded.pictures).toHaveLength(3);
  expect(recorded.numbers).toEqual(countTo(broadcast.seconds * 30));
  expect(recorded.soundSeconds).toBeCloseTo(broadcast.seconds, 1);
  expect(recorded.longestHoleMs).toBeLessThan(25);
  expect(recorded.ladder).toEqual(countTo(2 * broadcast.seconds));
  expect(Math.max(...recorded.seamsMs.map(Math.abs))).toBeLessThanOrEqual(1);
});
