import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { audioCutPlan } from '../contract/profiles';
import type { PlayableStream } from '../origin/playable-stream';
import { StreamPackager } from '../packager/stream-packager';
import { outputTsOffsetSeconds, syntheticFragments, syntheticInit } from '../packager/synthetic-fragments';
import { Timeline } from '../packager/timeline';
import { RewindRecorder } from '../recorder/rewind-recorder';
import { OriginServer } from '../testing/origin-server';

const streamId = 'str_123456789';
const cut = audioCutPlan();
const { id } = commentaryAudio;
const memorySeconds = 60;
const patience = { timeout: 30_000 };

/** A stream that is not recorded, with a window of `windowSeconds`, of which a minute stays in memory. */
async function rewindable(windowSeconds: number) {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-rewind-'));
  const options = { windowBytesMax: 1e9, uriPrefix: 'r', memorySeconds, dvrWindowSeconds: windowSeconds };
  const packager = new StreamPackager({ cut, renditions: [commentaryAudio], ...options });
  const failures: Error[] = [];
  const onFailed = (error: Error) => failures.push(error);
  const rewind = new RewindRecorder({
    ...{ packager, folder, streamId, epoch: 1, windowSeconds, pieceSeconds: 60, onFailed },
  });
  const stream: PlayableStream = {
    ...{ streamId, epoch: 1, visibility: 'public', state: 'live', renditions: [id] },
    window: (rendition) => packager.window(rendition),
    takes: async () => [],
    takeFile: () => '',
  };
  const server = await OriginServer.start([stream]);
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    packager[Symbol.dispose]();
    await rewind[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const published = new Map<string, Buffer>();
  packager.on('segment', ({ segment }) => {
    published.set(segment.uri, Buffer.concat(segment.parts.map(({ bytes }) => bytes)));
  });
  packager.startSession({
    sessionIndex: 0,
    timeline: new Timeline({ firstSampleEventTimeMs: 1_700_000_000_000, outputTsOffsetSeconds }),
  });
  packager.pushInit(id, syntheticInit(commentaryAudio));
  const window = packager.window(id);
  if (window === undefined) {
    throw new Error('the stream has its rendition');
  }
  /** Publishes so much, in steps that the disk can follow. */
  const publish = async (seconds: number) => {
    const fragments = syntheticFragments(commentaryAudio, cut, { seconds });
    const perStep = 2000;
    for (let first = 0; first < fragments.length; first += perStep) {
      for (const fragment of fragments.slice(first, first + perStep)) {
        packager.pushFragment(id, fragment);
      }
      await vi.waitFor(() => expect(inMemory()).toBeLessThanOrEqual(memorySeconds + 2 * cut.segmentSeconds), patience);
    }
  };
  /** seconds of listed media whose bytes are in memory */
  const inMemory = () =>
    window
      .snapshot()
      .segments.filter(({ uri }) => window.segmentBytes(uri) !== undefined)
      .reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const ask = async (file: string) => await server.ask(`/stream/${streamId}/${id}/${file}`);
  return { publish, inMemory, ask, published, folder, rewind, failures, uris: () => [...published.keys()] };
}

test('four hours are listed, a minute of them is in memory, the rest is fetched from disk as it was published', async () => {
  const { publish, inMemory, ask, published, uris, failures } = await rewindable(4 * 3600);
  await publish(4 * 3600);
  expect(inMemory()).toBeLessThan(memorySeconds + 2 * cut.segmentSeconds);
  const { text } = await ask('media.m3u8');
  const listed = text.match(/^r-s0-\d+\.m4s$/gm) ?? [];
  expect(listed).toEqual(uris());
  expect(listed.length).toBeGreaterThan(7000);
  for (const index of [0, 1, 3500, listed.length - 40, listed.length - 1]) {
    const uri = listed[index] ?? '';
    const { status, headers, body } = await ask(uri);
    expect([status, headers['content-type'], body.equals(published.get(uri) ?? Buffer.alloc(0))]).toEqual([
      ...[200, 'audio/mp4', true],
    ]);
  }
  // Who reloads gets what is new, not four hours.
  const delta = await ask(`media.m3u8?_HLS_skip=YES`);
  expect(delta.body.byteLength).toBeLessThan(6000);
  expect(failures).toEqual([]);
}, 60_000);

test('thin-data mode goes back ten minutes, across what is in memory and what is on disk', async () => {
  const { publish, ask, published } = await rewindable(1800);
  await publish(1500);
  const listed = (await ask('thin.m3u8')).text.match(/^r-s0-\d+-x3\.m4s$/gm) ?? [];
  expect(listed.length * 6).toBeGreaterThan(540);
  expect(listed.length * 6).toBeLessThan(620);
  for (const uri of listed) {
    const first = Number(/(\d+)-x3/.exec(uri)?.[1]);
    const parts = [first, first + 1, first + 2].map((number) => published.get(`r-s0-${number}.m4s`) ?? Buffer.alloc(0));
    expect((await ask(uri)).body.equals(Buffer.concat(parts)), uri).toBe(true);
  }
}, 60_000);

test('what has left the window leaves the disk, and nothing is left of a stream that is over', async () => {
  const { publish, folder, rewind } = await rewindable(300);
  await publish(1200);
  const pieces = async () => await readdir(join(folder, streamId));
  // A window of five pieces, one that has begun, one that ends, and one of margin.
  await vi.waitFor(async () => expect((await pieces()).length).toBeLessThanOrEqual(8), patience);
  expect((await pieces()).length).toBeGreaterThanOrEqual(5);
  await rewind[Symbol.asyncDispose]();
  expect(existsSync(join(folder, streamId))).toBe(false);
}, 60_000);
