import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFile, MP4BoxBuffer } from 'mp4box';
import { expect, test } from 'vitest';
import type { AudioCodec, VideoCodec } from '../contract/codecs';
import type { CustomOutput } from '../contract/custom-output';
import { newId } from '../contract/ids';
import { encodersOf } from '../testing/child-processes';
import { CountedBroadcast, countTo, publishedSeconds } from '../testing/counted-broadcast';
import { longestHoleMs, readLadder, readPictureNumbers, readSamples } from '../testing/counted-media';
import { validateRenditions, validateVersions } from '../testing/hls-validator';
import { readWithShakaPackager } from '../testing/media-oracles';
import { parseStrictly, readManifest } from '../testing/parse-alike';
import { PlaylistFollower } from '../testing/playlist-follower';
import { fetchRuns } from '../testing/recorded-runs';
import { TestNode } from '../testing/test-node';
import { TestPublisher } from '../testing/test-publisher';

const run = promisify(execFile);

const picture = (codec: VideoCodec, bitrate: number) => ({
  ...{ kind: 'video' as const, id: codec, codec, width: 160, height: 90, bitrate },
});
const sound = (codec: AudioCodec) => ({
  ...{ kind: 'audio' as const, id: codec, codec, channels: 1 as const, bitrate: 64_000 },
});
const custom: CustomOutput = {
  video: [picture('h264', 300_000), picture('h265', 290_000), picture('av1', 280_000)],
  audio: [sound('aac'), sound('opus'), sound('mp3')],
  ...{ gopSeconds: 0.5, segmentSeconds: 1, isLowLatency: true },
};
const ids = [...custom.video, ...custom.audio].map(({ id }) => id);

/** What ffprobe calls each, its sample entry, and its RFC 6381 name. */
const names: Record<string, { probed: string; entry: string; codec: RegExp }> = {
  h264: { probed: 'h264', entry: 'avc1', codec: /^avc1\.4d40[0-9a-f]{2}$/ },
  h265: { probed: 'hevc', entry: 'hvc1', codec: /^hvc1\.1\.6\.L\d+(\.[0-9A-F]+)*$/ },
  av1: { probed: 'av1', entry: 'av01', codec: /^av01\.0\.\d\dM\.08$/ },
  aac: { probed: 'aac', entry: 'mp4a', codec: /^mp4a\.40\.2$/ },
  opus: { probed: 'opus', entry: 'Opus', codec: /^Opus$/ },
  mp3: { probed: 'mp3', entry: 'mp4a', codec: /^mp4a\.6B$/ },
};

const seconds = 3;

test('every codec that can be ordered comes out by its own names, whole, and goes on with the next frame after a crash', async () => {
  const broadcast = await CountedBroadcast.make(seconds);
  await using testNode = await TestNode.start();
  const { node, web } = testNode;
  await web.snapshotWhere(({ codecs }) => ids.every((id) => codecs?.some((codec) => codec === id)));
  const streamId = newId('stream');
  await web.want({ streamId, custom });
  const url = `${node.publicUrl}/stream/${streamId}`;
  await using publisher = await TestPublisher.connect(node.publicUrl);
  const grant = await web.grant(streamId, 'publish');
  await publisher.hello({ streamId, grant, recorderSession: newId('recorderSession') });
  publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });

  broadcast.send(publisher, 0, broadcast.at(0.6));
  const least = async () =>
    Math.min(...(await Promise.all(ids.map((id) => publishedSeconds(`${url}/${id}/media.m3u8`)))));
  await expect.poll(least, { timeout: 60_000, interval: 100 }).toBeGreaterThan(1);
  const followers = ids.map((id) => new PlaylistFollower(`${url}/${id}/media.m3u8`));
  for (const pid of await encodersOf(process.pid)) {
    process.kill(pid, 'SIGKILL');
  }
  broadcast.send(publisher, broadcast.at(0.6));
  publisher.send({ type: 'finish', lastSequence: broadcast.lastSequence });
  await publisher.next(({ type }) => type === 'finished');
  const multivariant = await (await fetch(`${url}/index.m3u8`)).text();
  const thin = await (await fetch(`${url}/audio.m3u8`)).text();
  const mpd = await (await fetch(`${url}/manifest.mpd`)).text();
  for (const [index, follower] of followers.entries()) {
    expect(validateVersions(await follower.stop()), ids[index]).toEqual([]);
  }
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  const texts = await Promise.all(
    ids.map(async (id) => [id, await (await fetch(`${url}/${id}/media.m3u8`)).text()] as const),
  );
  expect(validateRenditions(Object.fromEntries(texts))).toEqual([]);

  // One audio group and one variant of each picture for each codec of sound.
  parseStrictly(multivariant);
  const { playlists = [], mediaGroups } = readManifest(multivariant);
  expect(Object.keys(mediaGroups?.AUDIO ?? {})).toEqual(['audio-aac', 'audio-opus', 'audio-mp3']);
  expect(playlists.map(({ uri, attributes }) => `${uri} ${attributes.AUDIO}`)).toEqual(
    custom.video.flatMap(({ id }) => custom.audio.map((audio) => `${id}/media.m3u8 audio-${audio.id}`)),
  );
  for (const { uri, attributes } of playlists) {
    const [videoName = '', audioName = ''] = attributes.CODECS?.split(',') ?? [];
    expect(videoName).toMatch(names[uri.split('/')[0] ?? '']?.codec ?? /never/);
    expect(audioName).toMatch(names[attributes.AUDIO?.replace('audio-', '') ?? '']?.codec ?? /never/);
  }
  expect(thin.match(/CODECS="[^"]+"/g)).toEqual(['CODECS="mp4a.40.2"', 'CODECS="Opus"', 'CODECS="mp4a.6B"']);
  expect(new Set([...mpd.matchAll(/<AdaptationSet id="(\d)"/g)].map(([, id]) => id)).size).toBe(ids.length);

  for (const id of ids) {
    const takes = await fetchRuns(`${url}/${id}/recording.m3u8`);
    for (const { mp4 } of takes) {
      expect(await probed(mp4)).toBe(names[id]?.probed);
      expect(sampleEntryOf(mp4)).toBe(names[id]?.entry);
    }
    expect(takes).toHaveLength(2);
    const [before, after] = takes;
    // Shaka Packager takes no MP3 in MP4, and writes `opus` small.
    const packaged = id === 'mp3' ? null : await readWithShakaPackager(after?.mp4 ?? Buffer.alloc(0));
    if (packaged !== null) {
      expect(packaged.codec.replace('opus', 'Opus')).toMatch(names[id]?.codec ?? /never/);
    }
    expect(Math.abs((after?.startMs ?? 0) - (before?.endMs ?? Number.NaN)), id).toBeLessThanOrEqual(1);
    if (custom.video.some((video) => video.id === id)) {
      const numbers = await Promise.all(takes.map(({ mp4 }) => readPictureNumbers(mp4)));
      expect(numbers.flat(), id).toEqual(countTo(seconds * 30));
    } else {
      const samples = await Promise.all(takes.map(({ mp4 }) => readSamples(mp4)));
      const joined = Float32Array.from(samples.flatMap((each) => [...each]));
      expect(joined.length / 48_000, id).toBeCloseTo(seconds, 0);
      expect(longestHoleMs(joined.subarray(4800, -4800)), id).toBeLessThan(25);
      const ladder = readLadder(joined.subarray(4800)).map((step) => Math.abs(step));
      expect(ladder, id).toEqual(countTo(2 * seconds));
    }
  }
}, 120_000);

/** What ffprobe takes it for, once it has read every packet without a complaint. */
async function probed(mp4: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-codec-'));
  try {
    const path = join(folder, 'take.mp4');
    await writeFile(path, mp4);
    const entries = ['-count_packets', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0'];
    const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...entries, path]);
    expect(stderr).toBe('');
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The sample entry of the one track, as mp4box reads it. */
function sampleEntryOf(mp4: Buffer): string | undefined {
  const file = createFile();
  const bytes = new Uint8Array(mp4);
  let entry: string | undefined;
  file.onReady = ({ tracks }) => {
    entry = tracks[0]?.codec.slice(0, 4);
  };
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(bytes.buffer, 0));
  file.flush();
  return entry;
}
