import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import type { NodeSnapshot } from '../contract/snapshots';
import { encodersOf } from '../testing/child-processes';
import { countTo, publishedSeconds, readRecordedCount } from '../testing/counted-broadcast';
import { makeCountedFlv } from '../testing/counted-media';
import { validateRenditions, validateVersions } from '../testing/hls-validator';
import { readListedPlaylist } from '../testing/listed-playlist';
import { PlaylistFollower } from '../testing/playlist-follower';
import { RtmpEncoder } from '../testing/rtmp-encoder';
import { TestNode } from '../testing/test-node';

vi.setConfig({ testTimeout: 90_000 });

const seconds = 4;
/** An encoder's clock is known ever better, and the event times follow by 1 ms a second. */
const slewMsMax = 10;
const size = { width: 320, height: 240 };
const copied = '240p';
const encoded = '144p';
const renditions = [copied, encoded, 'audio128', 'audio64'];

const testNode = await TestNode.start({ RTMP_PORT: '0', LOG_LEVEL: 'info' });
afterAll(() => testNode[Symbol.asyncDispose]());
const { node, web } = testNode;

/** A stream, and an encoder that sends it what it is fed with. */
async function setUp() {
  const streamId = newId('stream');
  const streamKey = `sk_a-good-key-of-${streamId}`;
  await web.want({ streamId });
  await web.giveKey(streamId, streamKey);
  const url = `${node.publicUrl}/stream/${streamId}`;
  const followers = renditions.map((id) => new PlaylistFollower(`${url}/${id}/media.m3u8`));
  const encoder = RtmpEncoder.fed(`${node.rtmpUrl}/${streamKey}`);
  onTestFinished(() => encoder[Symbol.asyncDispose]());
  const inState = (wanted: string) => (snapshot: NodeSnapshot) =>
    snapshot.streams.some((stream) => stream.streamId === streamId && stream.state === wanted);
  return {
    ...{ streamId, url, encoder },
    /** Ends the stream when all of its source was taken in: what was published and recorded of it. */
    end: async () => {
      await web.snapshotWhere(inState('interrupted'));
      await web.want({ streamId, action: 'end' });
      await web.snapshotWhere(inState('ended'));
      for (const follower of followers) {
        expect(validateVersions(await follower.stop())).toEqual([]);
      }
      const texts: Record<string, string> = {};
      for (const id of renditions) {
        texts[id] = await (await fetch(`${url}/${id}/media.m3u8`)).text();
      }
      return { texts, recorded: await readRecordedCount(url, 'recording.m3u8', copied) };
    },
  };
}

type Ended = Awaited<ReturnType<Awaited<ReturnType<typeof setUp>>['end']>>;

/** Every picture once and in order, no hole in the sound, and 0 violations; the copied rung cut just where the other one is. */
function expectWhole({ texts, recorded }: Ended): void {
  expect(recorded.numbers).toEqual(countTo(seconds * 30));
  expect(recorded.longestHoleMs).toBeLessThan(25);
  expect(Math.max(...recorded.seamsMs.map(Math.abs))).toBeLessThanOrEqual(slewMsMax);
  expect(validateRenditions(texts)).toEqual([]);
  const segmentsOf = (id: string) => readListedPlaylist(texts[id] ?? '').segments;
  const lengths = (id: string) => segmentsOf(id).map(({ durationSeconds }) => durationSeconds);
  expect(lengths(copied)).toEqual(lengths(encoded));
  for (const [index, { programDateTimeMs }] of segmentsOf(copied).entries()) {
    const apartMs = (programDateTimeMs ?? Number.NaN) - (segmentsOf(encoded)[index]?.programDateTimeMs ?? 0);
    expect(Math.abs(apartMs)).toBeLessThanOrEqual(slewMsMax);
  }
}

/** Of each take of the best rung, whether its first frame is the source's own. */
function takenOver({ recorded }: Ended, flv: Buffer): boolean[] {
  return recorded.pictures.map(({ mp4 }) => {
    const frame = mp4.indexOf('mdat') + 4;
    const settingsEnd = frame + 4 + mp4.readUInt32BE(frame);
    return flv.includes(mp4.subarray(frame, settingsEnd + 4 + mp4.readUInt32BE(settingsEnd)));
  });
}

test('a source that fits is copied; one that stops to fit is copied up to there, and encoded from the very next frame on', async () => {
  const flv = await makeCountedFlv({ seconds, ...size, keyframeAtSeconds: 2.5 });
  const stream = await setUp();
  stream.encoder.feed(flv, { isLast: true });
  const end = await stream.end();
  expect(testNode.log).toContain('keyframe 75 lies within a part of 10 frames');
  expect(takenOver(end, flv)).toEqual([true, false]);
  expectWhole(end);
});

test('the ffmpeg that copies is killed: the next one encodes from the very next frame on', async () => {
  const flv = await makeCountedFlv({ seconds, ...size });
  const stream = await setUp();
  const sliceBytes = Math.floor(flv.byteLength / 100);
  let fedBytes = 50 * sliceBytes;
  stream.encoder.feed(flv.subarray(0, fedBytes), { isLast: false });
  // At the speed of life, for what comes all at once tells nothing of the encoder's clock, and a playlist is waited for until
  // there is something in it; the end of it is kept until after the kill.
  const feeding = setInterval(() => {
    const toBytes = Math.min(fedBytes + sliceBytes, 90 * sliceBytes);
    stream.encoder.feed(flv.subarray(fedBytes, toBytes), { isLast: false });
    fedBytes = toBytes;
  }, seconds * 10);
  onTestFinished(() => clearInterval(feeding));
  const published = () => publishedSeconds(`${stream.url}/${copied}/media.m3u8`);
  await expect.poll(published, { timeout: 45_000 }).toBeGreaterThan(1);
  const encoders = await encodersOf(process.pid, stream.streamId);
  expect(encoders).toHaveLength(1);
  for (const processId of encoders) {
    process.kill(processId, 'SIGKILL');
  }
  clearInterval(feeding);
  stream.encoder.feed(flv.subarray(fedBytes), { isLast: true });
  const end = await stream.end();
  expect(takenOver(end, flv)).toEqual([true, false]);
  expectWhole(end);
});
