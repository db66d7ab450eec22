import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { RecordingInUse, Recordings } from './recordings';
import type { TakeHeader } from './take-index';
import type { TakeWriter } from './take-writer';

const streamId = 'str_123456789';

function header(takeId: string, startedAtMs: number): TakeHeader {
  return { type: 'take', takeId, streamId, epoch: 1, recorderSession: 'rec_123456789', startedAtMs };
}

function fail(error: Error): void {
  throw error;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-recordings-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

function append(writer: TakeWriter, mediaSequence: number): void {
  writer.append({
    rendition: commentaryAudio,
    codec: 'mp4a.40.2',
    initBytes: Buffer.alloc(10),
    mediaSequence,
    programDateTimeMs: mediaSequence * 2000,
    durationSeconds: 2,
    bytes: Buffer.alloc(100),
  });
}

/** A finished take of that many segments. */
async function record(recordings: Recordings, takeId: string, startedAtMs: number, segments: number): Promise<void> {
  const writer = recordings.createTake(header(takeId, startedAtMs), fail);
  for (let mediaSequence = 0; mediaSequence < segments; mediaSequence += 1) {
    append(writer, mediaSequence);
  }
  await recordings.finishTake(writer);
}

test('the takes of a stream are listed in event-clock order, after a restart too', async () => {
  const folder = await newFolder();
  const recordings = await Recordings.open({ folder });
  await record(recordings, 'tak_222222222', 2_000_000, 2);
  await record(recordings, 'tak_111111111', 1_000_000, 3);
  for (const opened of [recordings, await Recordings.open({ folder })]) {
    const takes = await opened.observedTakesOf(streamId);
    expect(takes).toMatchObject([
      { takeId: 'tak_111111111', durationSeconds: 6, bytes: 310, closed: true },
      { takeId: 'tak_222222222', durationSeconds: 4, bytes: 210, closed: true },
    ]);
    expect(await opened.totalsOf(streamId)).toEqual({ durationSeconds: 10, bytes: 520 });
    expect(await opened.streamIds()).toEqual([streamId]);
  }
});

test('a take that is being written is listed as far as it is on disk, and stays listed when it is finished', async () => {
  const recordings = await Recordings.open({ folder: await newFolder() });
  const writer = recordings.createTake(header('tak_111111111', 1), fail);
  expect(await recordings.takesOf(streamId)).toEqual([]);
  append(writer, 0);
  await vi.waitFor(async () => expect(await recordings.totalsOf(streamId)).toMatchObject({ durationSeconds: 2 }));
  expect(await recordings.takesOf(streamId)).toMatchObject([{ closed: false }]);
  append(writer, 1);
  await recordings.finishTake(writer);
  expect(await recordings.takesOf(streamId)).toMatchObject([{ closed: true, segments: [{}, {}] }]);
});

test('a take whose writer crashed is closed, and has what its index names', async () => {
  const folder = await newFolder();
  const crashed = (await Recordings.open({ folder })).createTake(header('tak_111111111', 1), fail);
  append(crashed, 0);
  await vi.waitFor(() => expect(crashed.index().segments).toHaveLength(1));
  const recordings = await Recordings.open({ folder });
  await appendFile(recordings.takeFile(streamId, 'tak_111111111', 'audio64'), 'media without its line');
  await appendFile(join(folder, streamId, 'tak_111111111', 'index.jsonl'), '{"type":"segm');
  expect(await recordings.takesOf(streamId)).toMatchObject([{ closed: true, segments: [{ mediaSequence: 0 }] }]);
  await crashed.finish();
});

test('a take that cannot be read is told and does not hide the others', async () => {
  const folder = await newFolder();
  await record(await Recordings.open({ folder }), 'tak_111111111', 1, 1);
  await mkdir(join(folder, streamId, 'tak_999999999'));
  await writeFile(join(folder, streamId, 'tak_999999999', 'index.jsonl'), 'rubbish\n');
  // As a writer leaves it that is killed before its index, or before the index's first line.
  await mkdir(join(folder, streamId, 'tak_888888888'));
  await mkdir(join(folder, streamId, 'tak_777777777'));
  await writeFile(join(folder, streamId, 'tak_777777777', 'index.jsonl'), '{"type":"ta');
  const told: string[] = [];
  const recordings = await Recordings.open({ folder, onMalformed: (takeId) => told.push(takeId) });
  expect(await recordings.takesOf(streamId)).toMatchObject([{ header: { takeId: 'tak_111111111' } }]);
  expect(told).toEqual(['tak_999999999']);
});

test('a deleted recording is gone; one that is being written is not deleted', async () => {
  const folder = await newFolder();
  const recordings = await Recordings.open({ folder });
  const writer = recordings.createTake(header('tak_111111111', 1), fail);
  append(writer, 0);
  await expect(recordings.delete(streamId)).rejects.toThrow(RecordingInUse);
  await recordings.finishTake(writer);
  await recordings.delete(streamId);
  await recordings.delete(streamId);
  expect(await recordings.takesOf(streamId)).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('a deletion that a crash interrupted is finished at the next start', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, '.deleted-1', 'tak_111111111'), { recursive: true });
  await Recordings.open({ folder });
  expect(await readdir(folder)).toEqual([]);
});

test('no name but an id becomes part of a path', async () => {
  const recordings = await Recordings.open({ folder: await newFolder() });
  await expect(recordings.delete('../../../etc')).rejects.toThrow();
  await expect(recordings.takesOf('..')).rejects.toThrow();
  expect(() => recordings.takeFile(streamId, '../x', 'audio64')).toThrow();
  expect(() => recordings.takeFile(streamId, 'tak_111111111', '../../x')).toThrow();
  expect(() => recordings.createTake({ ...header('tak_111111111', 1), streamId: '/etc/passwd' }, fail)).toThrow();
});
