import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commentaryAudio, type Rendition } from '../contract/ladder';
import { fillDisk } from '../testing/disk-fault';
import type { TakeHeader } from './take-index';
import { readTake } from './take-reader';
import { type SegmentToWrite, type TakeWriteFailed, TakeWriter } from './take-writer';

const header: TakeHeader = {
  type: 'take',
  takeId: 'tak_123456789',
  streamId: 'str_123456789',
  epoch: 1,
  recorderSession: 'rec_123456789',
  startedAtMs: 1_700_000_000_000,
};

function segment(mediaSequence: number, rendition: Rendition = commentaryAudio): SegmentToWrite {
  return {
    rendition,
    codec: 'mp4a.40.2',
    initBytes: Buffer.from('init'),
    mediaSequence,
    programDateTimeMs: 1_700_000_000_000 + mediaSequence * 2000,
    durationSeconds: 2,
    bytes: Buffer.from(`segment ${mediaSequence} of ${rendition.id};`),
  };
}

async function writerIn(options: { queueBytesMax?: number } = {}) {
  const recordingsFolder = await mkdtemp(join(tmpdir(), 'zyzz-takes-'));
  onTestFinished(async () => await rm(recordingsFolder, { recursive: true, force: true }));
  const failures: TakeWriteFailed[] = [];
  const onFailed = (failure: TakeWriteFailed) => failures.push(failure);
  return { writer: new TakeWriter({ recordingsFolder, header, onFailed, ...options }), failures };
}

test('a take is one file per rendition, init section first, and an index that names every segment', async () => {
  const { writer, failures } = await writerIn();
  const stereo = { ...commentaryAudio, id: 'audio128' };
  for (const each of [segment(0), segment(0, stereo), segment(1), segment(1, stereo)]) {
    writer.append(each);
  }
  await writer.finish();
  expect(failures).toEqual([]);
  expect(await readFile(join(writer.folder, 'audio64.mp4'), 'utf8')).toBe(
    'initsegment 0 of audio64;segment 1 of audio64;',
  );
  const take = await readTake(writer.folder);
  expect(take).toEqual(writer.index());
  expect(take.closed).toBe(true);
  expect(take.segments.map(({ renditionId, mediaSequence, offset }) => [renditionId, mediaSequence, offset])).toEqual([
    ['audio64', 0, 4],
    ['audio128', 0, 4],
    ['audio64', 1, 25],
    ['audio128', 1, 26],
  ]);
});

test('folders and files are for their owner alone', async () => {
  const { writer } = await writerIn();
  writer.append(segment(0));
  await writer.finish();
  expect((await stat(writer.folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(writer.folder, 'audio64.mp4'))).mode & 0o777).toBe(0o600);
});

test('the index shows a segment only once it is on disk', async () => {
  const { writer } = await writerIn();
  writer.append(segment(0));
  expect(writer.index().segments).toEqual([]);
  await vi.waitFor(() => expect(writer.index().segments).toHaveLength(1));
  expect(await readTake(writer.folder)).toEqual(writer.index());
  expect(writer.index().closed).toBe(false);
  await writer.finish();
});

test('a take without a segment leaves nothing on disk', async () => {
  const { writer } = await writerIn();
  await writer.finish();
  await expect(stat(writer.folder)).rejects.toThrow('ENOENT');
});

test('a disk that refuses is told once; what was synced stays good and the take is closed', async () => {
  const { writer, failures } = await writerIn();
  writer.append(segment(0));
  await vi.waitFor(() => expect(writer.index().segments).toHaveLength(1));
  // A file where the next rendition's would be made refuses as a full disk does.
  await writeFile(join(writer.folder, 'audio128.mp4'), '');
  writer.append(segment(1, { ...commentaryAudio, id: 'audio128' }));
  await vi.waitFor(() => expect(failures).toHaveLength(1));
  writer.append(segment(2));
  await writer.finish();
  expect(failures.map(({ code, takeId }) => [code, takeId])).toEqual([['EEXIST', 'tak_123456789']]);
  expect(writer.index()).toMatchObject({ closed: true });
  expect((await readTake(writer.folder)).segments).toEqual(writer.index().segments);
  expect(writer.index().segments).toHaveLength(1);
});

test('a disk without room leaves nothing half-written: neither media without a line, nor a take without media', async () => {
  const { writer } = await writerIn();
  writer.append(segment(0));
  await vi.waitFor(() => expect(writer.index().segments).toHaveLength(1));
  const { writer: other, failures } = await writerIn();
  const full = await fillDisk();
  onTestFinished(full.lift);
  writer.append(segment(1));
  other.append(segment(0));
  await vi.waitFor(() => expect(failures.map(({ code }) => code)).toEqual(['ENOSPC']));
  full.lift();
  await Promise.all([writer.finish(), other.finish()]);
  const take = await readTake(writer.folder);
  expect(take).toMatchObject({ closed: true, segments: [{ mediaSequence: 0 }] });
  expect((await stat(join(writer.folder, 'audio64.mp4'))).size).toBe(25);
  await expect(stat(other.folder)).rejects.toThrow('ENOENT');
});

test('a disk that cannot keep up ends the take before the memory is full', async () => {
  const { writer, failures } = await writerIn({ queueBytesMax: 100 });
  for (let mediaSequence = 0; mediaSequence < 10; mediaSequence += 1) {
    writer.append(segment(mediaSequence));
  }
  await writer.finish();
  expect(failures.map(({ code }) => code)).toEqual(['QUEUE_FULL']);
});

test('a take is never written over another', async () => {
  const { writer, failures } = await writerIn();
  await mkdir(writer.folder, { recursive: true });
  await writeFile(join(writer.folder, 'index.jsonl'), 'precious\n');
  writer.append(segment(0));
  await writer.finish();
  expect(failures.map(({ code }) => code)).toEqual(['EEXIST']);
  expect(await readFile(join(writer.folder, 'index.jsonl'), 'utf8')).toBe('precious\n');
});
