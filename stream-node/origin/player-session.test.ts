import { expect, test } from 'vitest';
import { stereoAudio } from '../contract/ladder';
import { validateVersions } from '../testing/hls-validator';
import { readListedPlaylist } from '../testing/listed-playlist';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream, syntheticVideo } from '../testing/synthetic-stream';

const base = '/stream/str_synthetic234/360p';

test('a player that reloads part by part, by deltas, gets every part once, in order, and only what the rules allow', async () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio], dvrWindowSeconds: 16 });
  stream.publishParts(1);
  await using server = await OriginServer.start([stream]);
  const first = await server.ask(`${base}/media.m3u8?_HLS_msn=0&_HLS_part=0`);
  const versions = [{ text: first.text, fetchedAtMs: Date.now() }];
  const played: Buffer[] = [];
  let position = { mediaSequence: 0, partIndex: 1 };
  for (let step = 0; step < 80; step += 1) {
    const { mediaSequence, partIndex } = position;
    const reload = server.ask(`${base}/media.m3u8?_HLS_msn=${mediaSequence}&_HLS_part=${partIndex}&_HLS_skip=YES`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    const hint = readListedPlaylist(versions.at(-1)?.text ?? '').hints[0];
    const preload = server.ask(`${base}/${hint}`);
    await server.untilWaiting(2);
    if (step === 40) {
      stream.startSession(3000);
    }
    stream.publishParts(1);
    const { text, status } = await reload;
    expect(status).toBe(200);
    versions.push({ text, fetchedAtMs: Date.now() });
    const newest = readListedPlaylist(text).segments.at(-1);
    const part = newest?.parts.at(-1);
    expect((await preload).status).toBe(step === 40 ? 404 : 200);
    played.push((await server.ask(`${base}/${part?.uri}`)).body);
    position = { mediaSequence: newest?.mediaSequence ?? 0, partIndex: newest?.parts.length ?? 0 };
  }
  expect(validateVersions(versions)).toEqual([]);
  const listed = stream.window('360p')?.snapshot().segments ?? [];
  const segments = listed.flatMap(({ uri, closed }) =>
    closed ? (stream.window('360p')?.segmentBytes(uri) ?? []) : [],
  );
  expect(Buffer.concat(played).includes(Buffer.concat(segments))).toBe(true);
  expect(server.errors).toEqual([]);
}, 20_000);

test('a player without low latency sees whole segments whenever it asks', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(10);
  await using server = await OriginServer.start([stream]);
  for (let reload = 0; reload < 10; reload += 1) {
    stream.publishParts(5);
    const { segments } = readListedPlaylist((await server.ask(`${base}/media.m3u8`)).text);
    for (const { uri } of segments.filter((segment) => segment.uri !== undefined)) {
      expect((await server.ask(`${base}/${uri}`)).status).toBe(200);
    }
  }
});
