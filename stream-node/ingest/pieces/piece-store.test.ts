import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '../../contract/ids';
import type { ListedPiece, TakenPiece } from './piece-index';
import { PieceStore } from './piece-store';

async function setUp() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-store-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  const streamId = newId('stream');
  return { dataDirectory, streamId, folder: join(dataDirectory, 'pieces', streamId) };
}

function taken(sequence: number): TakenPiece {
  return { type: 'taken', sequence, sha256: 'a'.repeat(64), container: 'mp4', facts: {}, arrivedAtMs: 1000 };
}

function listed(sequence: number): ListedPiece {
  return {
    ...{ type: 'listed', sequence, file: `${sequence}.ts`, startSeconds: 0, durationSeconds: 2, audioEndSeconds: 2 },
    ...{
      hasPicture: true,
      bytes: 9,
      follows: null,
      layout: '',
      isLate: false,
      recorderSession: newId('recorderSession'),
    },
  };
}

async function add(store: PieceStore, sequence: number): Promise<void> {
  const half = store.newHalfPath();
  await writeFile(half, 'as it came');
  await store.add(taken(sequence), half);
}

test('a store that is opened again knows what it said it kept, and nothing that a crash left half done', async () => {
  const { dataDirectory, streamId, folder } = await setUp();
  const before = await PieceStore.open(dataDirectory, streamId);
  await add(before, 0);
  await add(before, 2);
  const segment = before.newHalfPath('.ts');
  await writeFile(segment, 'a segment');
  await before.list(listed(0), segment);
  expect((await readdir(folder)).sort()).toEqual(['0.ts', '2.piece', 'index.jsonl']);
  await writeFile(before.newHalfPath(), 'an upload that was going on');
  await appendFile(join(folder, 'index.jsonl'), '{"type":"taken","sequence":3,"sha25');

  const after = await PieceStore.open(dataDirectory, streamId);
  expect(await readdir(folder)).toHaveLength(3);
  expect(after.taken(0)).toEqual(taken(0));
  expect(after.taken(3)).toBeUndefined();
  expect(after.waiting.map(({ sequence }) => sequence)).toEqual([2]);
  expect(after.listed).toEqual(before.listed);
  expect(after.lastSequence).toBe(0);
  await add(after, 1);
  // What follows a torn line is whole again.
  const again = await PieceStore.open(dataDirectory, streamId);
  expect(again.waiting.map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect((await readFile(join(folder, 'index.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(4);
});

test('a name that is no id never becomes a path', async () => {
  const { dataDirectory } = await setUp();
  await expect(PieceStore.open(dataDirectory, '../../elsewhere')).rejects.toThrow();
});
