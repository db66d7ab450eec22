import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../clock';
import { newId } from '../contract/ids';
import { makeTestMedia } from '../transcode/test-media';
import { LeftJournal } from './left-journal';
import { MatroskaClock } from './matroska-clock';
import { WebSocketSource } from './websocket-source';

vi.setConfig({ testTimeout: 20_000 });

const webm = await makeTestMedia({
  video: { codec: 'libvpx', size: '64x36', rate: '25' },
  audio: true,
  seconds: 6,
});
const walk = new MatroskaClock();
const { entryPoints } = walk.feed(webm);
const headBytes = walk.headBytes ?? 0;
const pieceBytes = 777;
const pieces = Array.from({ length: Math.ceil(webm.byteLength / pieceBytes) }, (_, index) =>
  webm.subarray(index * pieceBytes, (index + 1) * pieceBytes),
);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-source-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const hello = {
  streamId: newId('stream'),
  recorderSession: newId('recorderSession'),
  mime: 'video/webm',
  container: 'matroska',
  hasVideo: true,
  hasAudio: true,
} as const;

function open(dataDirectory: string, isLive = true, journalFileMs?: number): Promise<WebSocketSource> {
  const facts = { hello, epoch: 1, dataDirectory, clock: systemClock, onClosed: () => {} };
  return WebSocketSource.open({ ...facts, isLive, journalFileMs });
}

function send(source: WebSocketSource, from: number, to: number): void {
  for (let sequence = from; sequence < to; sequence += 1) {
    const bytes = pieces[sequence] ?? Buffer.alloc(0);
    expect(source.accept({ sequence, captureTimeMs: Date.now(), bytes })).toBe('taken');
  }
}

/** What reading from this container time must give: the head and everything from a keyframe a second before. */
function expectedFrom(containerMs: number): Buffer {
  const entry = entryPoints.findLast(({ timeMs }) => timeMs <= containerMs - 1000);
  return Buffer.concat([webm.subarray(0, headBytes), webm.subarray(entry?.byteOffset ?? headBytes)]);
}

test('the walk finds a keyframe a second, and the head before them', () => {
  expect(entryPoints.map(({ timeMs }) => Math.round(timeMs / 1000))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(headBytes).toBeGreaterThan(100);
});

test('bytes are read again from a keyframe before any time, and the live ones follow without a gap', async () => {
  const source = await open(await newFolder());
  const first = source.read();
  send(source, 0, 40);
  const again = source.read(3500);
  const whole = buffer(again);
  send(source, 40, pieces.length);
  source.end();
  expect((await whole).equals(expectedFrom(3500))).toBe(true);
  expect(first.destroyed).toBe(true);
  await source.deleteJournal();
});

test('a session of an earlier process is read from any time, also while it goes on', async () => {
  const folder = await newFolder();
  const former = await open(folder);
  send(former, 0, 40);
  await former.close();
  const source = await open(folder);
  expect(source.ackedSequence).toBe(39);
  expect(source.newestContainerMs).toBeGreaterThan(3000);
  const whole = buffer(source.read(3000));
  send(source, 40, pieces.length);
  source.finishAt(pieces.length - 1);
  expect((await whole).equals(expectedFrom(3000))).toBe(true);
  expect(source.finished).toBe(true);
  await source.close();
});

test('a session that is only gathered keeps nothing in memory, and is read whole when it is over', async () => {
  const source = await open(await newFolder(), false);
  send(source, 0, pieces.length);
  expect(source.saturated).toBe(false);
  source.end();
  const reading = source.read();
  await source.close();
  expect((await buffer(reading)).equals(webm)).toBe(true);
});

test('a session whose journal cannot be removed is closed all the same: its publisher may come again', async () => {
  const folder = await newFolder();
  const source = await open(folder);
  const path = join(folder, 'journals', hello.streamId, `${hello.recorderSession}.journal`);
  await rm(path);
  await mkdir(path);
  await expect(source.deleteJournal()).rejects.toThrow(path);
  await source.closed;
});

test('media in which no keyframe can be told is read from the start', async () => {
  const source = await open(await newFolder());
  for (const [sequence, piece] of pieces.entries()) {
    source.accept({ sequence, captureTimeMs: Date.now(), bytes: Buffer.alloc(piece.byteLength, sequence) });
  }
  source.end();
  expect(await buffer(source.read(3000))).toHaveLength(webm.byteLength);
  await source.close();
});

test('what is released is let go of a file at a time, and the rest is read again, by a later process too', async () => {
  const folder = await newFolder();
  const source = await open(folder, false, 500);
  const startedAtMs = Date.now() - 6000;
  const clock = new MatroskaClock();
  source.sample({ offsetMs: 250, roundTripMs: 2 });
  for (const [sequence, bytes] of pieces.entries()) {
    const containerMs = clock.feed(bytes).firstMs ?? clock.position().newestMs ?? 0;
    expect(source.accept({ sequence, captureTimeMs: startedAtMs + containerMs, bytes })).toBe('taken');
    if (sequence === pieces.length - 20) {
      await source.settle();
      source.release(3900);
    }
  }
  const files = () => readdir(join(folder, 'journals', hello.streamId));
  await source.settle();
  expect(source.heldFromMs).toBeGreaterThan(1000);
  expect(source.heldFromMs).toBeLessThanOrEqual(3900);
  const reading = source.read(4500);
  source.end();
  expect((await buffer(reading)).equals(expectedFrom(4500))).toBe(true);
  const head = await buffer(source.read());
  expect(head.byteLength).toBeLessThan(webm.byteLength / 2);
  expect(webm.subarray(0, head.byteLength).equals(head)).toBe(true);
  await source.close();
  const held = (await files()).length;
  expect(held).toBeGreaterThan(3);
  expect(held).toBeLessThan(10);

  const left = await LeftJournal.open({ ...hello, dataDirectory: folder, clock: systemClock });
  left?.end();
  expect(left?.appendedSequence).toBe(pieces.length - 1);
  expect(left?.newestContainerMs).toBe(source.newestContainerMs);
  expect(left?.heldFromMs).toBe(source.heldFromMs);
  expect(left?.estimatedFirstSampleEventTimeMs()).toBe(source.estimatedFirstSampleEventTimeMs());
  const again = left?.read(4500);
  expect(again && (await buffer(again)).equals(expectedFrom(4500))).toBe(true);
  await left?.deleteJournal();
  expect(await files()).toEqual([]);
});
