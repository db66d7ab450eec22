import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { observedTake } from './observed-take';
import type { TakeIndexLine } from './take-index';
import { MalformedTake, parseTakeIndex, readTake } from './take-reader';

const header: TakeIndexLine = {
  type: 'take',
  takeId: 'tak_123456789',
  streamId: 'str_123456789',
  epoch: 1,
  recorderSession: 'rec_123456789',
  startedAtMs: 1_700_000_000_000,
};
const rendition: TakeIndexLine = { type: 'rendition', rendition: commentaryAudio, codec: 'mp4a.40.2', initBytes: 700 };

function segment(mediaSequence: number): TakeIndexLine {
  return {
    type: 'segment',
    renditionId: commentaryAudio.id,
    mediaSequence,
    programDateTimeMs: 1_700_000_000_000 + mediaSequence * 2000,
    durationSeconds: 2,
    offset: 700 + mediaSequence * 100,
    length: 100,
  };
}

const text = (...lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

async function takeOnDisk(index: string, mediaBytes: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-take-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.jsonl'), index);
  await writeFile(join(folder, 'audio64.mp4'), Buffer.alloc(mediaBytes));
  return folder;
}

test('a take is read back as it was written', async () => {
  const folder = await takeOnDisk(text(header, rendition, segment(0), segment(1), { type: 'end' }), 900);
  const take = await readTake(folder);
  expect(take).toMatchObject({ header, closed: true, segments: [segment(0), segment(1)] });
  expect(take.renditions.get('audio64')).toEqual(rendition);
  expect(observedTake(take)).toMatchObject({ takeId: 'tak_123456789', durationSeconds: 4, bytes: 900, closed: true });
});

test('wherever a crash tore the last line, all whole lines are read', () => {
  const whole = text(header, rendition, segment(0), segment(1));
  const headerBytes = text(header).length;
  fc.assert(
    fc.property(fc.integer({ min: headerBytes, max: whole.length }), (end) => {
      const torn = whole.slice(0, end);
      const { segments, closed } = parseTakeIndex(torn);
      expect(closed).toBe(false);
      expect(segments).toHaveLength(Math.max(0, torn.split('\n').length - 3));
    }),
  );
});

test('a torn tail of zeros, as a power cut leaves it, is ignored', async () => {
  const folder = await takeOnDisk(text(header, rendition, segment(0)), 800);
  await appendFile(join(folder, 'index.jsonl'), Buffer.alloc(300));
  expect((await readTake(folder)).segments).toEqual([segment(0)]);
});

test('media behind the last index line is not part of the take', async () => {
  const folder = await takeOnDisk(text(header, rendition, segment(0)), 1234);
  expect((await readTake(folder)).segments).toEqual([segment(0)]);
});

test('a segment that the media file does not hold in full is left out', async () => {
  const folder = await takeOnDisk(text(header, rendition, segment(0), segment(1)), 900);
  await truncate(join(folder, 'audio64.mp4'), 899);
  expect((await readTake(folder)).segments).toEqual([segment(0)]);
});

test.each([
  ['no header', text(rendition), 'line 1: rendition where it cannot be'],
  ['a second header', text(header, header), 'line 2: take where it cannot be'],
  ['lines after the end', text(header, { type: 'end' }, rendition), 'line 3: rendition where it cannot be'],
  ['a hole in the file', text(header, rendition, segment(1)), 'line 3: the segment does not follow the one before'],
  ['a segment of an unknown rendition', text(header, segment(0)), 'line 2: the segment does not follow'],
  ['a line that is not JSON', `${text(header)}{"type":\n${text(rendition)}`, 'line 2: not JSON'],
  ['a path for an id', text({ ...header, streamId: '../../etc' }), 'line 1: streamId: must be 9 to 64'],
  ['a negative offset', text(header, rendition, { ...segment(0), offset: -1 }), 'line 3: offset'],
  ['nothing', '', 'no whole line'],
])('an index with %s is refused', (_, index, message) => {
  expect(() => parseTakeIndex(index)).toThrow(MalformedTake);
  expect(() => parseTakeIndex(index)).toThrow(message);
});

test('two hours of five renditions are read and summed up in well under a second', async () => {
  const ids = ['720p', '480p', '360p', 'audio64', 'audio128'];
  const lines: unknown[] = [header];
  for (const id of ids) {
    lines.push({ ...rendition, rendition: { ...commentaryAudio, id } });
  }
  for (let mediaSequence = 0; mediaSequence < 3600; mediaSequence += 1) {
    lines.push(...ids.map((renditionId) => ({ ...segment(mediaSequence), renditionId })));
  }
  const folder = await takeOnDisk(text(...lines), 0);
  for (const id of ids) {
    await writeFile(join(folder, `${id}.mp4`), Buffer.alloc(700 + 360_000));
  }
  const before = process.cpuUsage(); // not the wall: other tests share the machine
  const take = await readTake(folder);
  const observed = observedTake(take);
  const { user, system } = process.cpuUsage(before);
  expect(observed).toMatchObject({ durationSeconds: 7200, bytes: 5 * 360_700 });
  expect((user + system) / 1000).toBeLessThan(1000);
});
