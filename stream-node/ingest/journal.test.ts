import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from './journal';
import { continuationPath, journaledSessions, journalPath } from './journal-files';
import type { JournalHeader } from './journal-format';

const header: JournalHeader = {
  type: 'journal',
  version: 1,
  streamId: 'str_journal01',
  recorderSession: 'rec_journal01',
  mime: 'video/webm',
  container: 'matroska',
  hasVideo: true,
  hasAudio: true,
  epoch: 1,
};

let folder: string;
let path: string;
let syncs: number;
const open = async (facts = header) =>
  await Journal.open(path, facts, {
    synced: () => {
      syncs += 1;
    },
    failed: (error) => {
      throw error;
    },
  });
const chunk = (sequence: number) => ({ sequence, captureTimeMs: 1000.5 + sequence, bytes: Buffer.alloc(50, sequence) });

async function readBack(journal: Journal) {
  const chunks = [];
  for await (const {
    chunk: { sequence, captureTimeMs, bytes },
  } of journal.chunks()) {
    chunks.push({ sequence, captureTimeMs, bytes: Buffer.from(bytes) });
  }
  return chunks;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zyzz-journal-'));
  path = journalPath(folder, header.streamId, header.recorderSession);
  syncs = 0;
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a journal', () => {
  test('gives back what was appended, byte for byte, after it was closed', async () => {
    const journal = await open();
    expect(journal.syncedSequence).toBe(-1);
    journal.note({ type: 'clock', offsetMs: 1.5, roundTripMs: 3, atMs: 7 });
    [0, 1, 2].map(chunk).forEach((each) => {
      journal.append(each);
    });
    journal.note({ type: 'finish', lastSequence: 2 });
    expect(journal.appendedSequence).toBe(2);
    await journal.close();
    const again = await open();
    expect(again.syncedSequence).toBe(2);
    expect(await readBack(again)).toEqual([0, 1, 2].map(chunk));
    expect(again.recoveredNotes).toEqual([
      { type: 'clock', offsetMs: 1.5, roundTripMs: 3, atMs: 7 },
      { type: 'finish', lastSequence: 2 },
    ]);
    await again.close();
  });

  test('syncs chunks in groups: many at once cost one or two syncs', async () => {
    const journal = await open();
    for (let sequence = 0; sequence < 40; sequence += 1) {
      journal.append(chunk(sequence));
    }
    expect(journal.syncedSequence).toBe(-1);
    await journal.sync();
    expect(journal.syncedSequence).toBe(39);
    expect(journal.pendingBytes).toBe(0);
    expect(syncs).toBeLessThanOrEqual(2);
    await journal.close();
  });

  test('is private to its owner', async () => {
    await (await open()).close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('never opens a file of another session', async () => {
    await (await open()).close();
    await expect(open({ ...header, recorderSession: 'rec_another01' })).rejects.toThrow('another session');
  });
});

describe('a journal torn by a crash', () => {
  beforeEach(async () => {
    const journal = await open();
    [0, 1, 2].map(chunk).forEach((each) => {
      journal.append(each);
    });
    await journal.close();
  });

  test('at any byte: what is whole before the tear counts, the rest is cut, and it goes on from there', async () => {
    const whole = await readFile(path);
    const recordBytes = 74;
    for (const torn of [1, 20, 24, 30, 73, recordBytes, recordBytes + 10, 2 * recordBytes + 5]) {
      await writeFile(path, whole.subarray(0, whole.byteLength - torn));
      const journal = await open();
      const last = 2 - Math.ceil(torn / recordBytes);
      expect(journal.appendedSequence).toBe(last);
      journal.append(chunk(last + 1));
      await journal.close();
      const again = await open();
      expect((await readBack(again)).map(({ sequence }) => sequence)).toEqual([0, 1, 2].slice(0, last + 2));
      await again.close();
    }
  });

  test('with garbage after it, or a bit turned in a record: nothing false is read', async () => {
    await appendFile(path, Buffer.alloc(500, 0x5a));
    const cut = await open();
    expect(cut.syncedSequence).toBe(2);
    await cut.close();
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.byteLength - 100) ^ 1, bytes.byteLength - 100);
    await writeFile(path, bytes);
    const turned = await open();
    expect(turned.syncedSequence).toBe(0);
    await turned.close();
  });

  test('in its header line: it acknowledged nothing, and is begun anew', async () => {
    await truncate(path, 12);
    const journal = await open();
    expect(journal.syncedSequence).toBe(-1);
    journal.append(chunk(0));
    await journal.close();
    const again = await open();
    expect(await readBack(again)).toEqual([chunk(0)]);
    await again.close();
  });
});

describe('a journal of several files', () => {
  const position = { bytes: 0, newestMs: null };
  const sequences = async (journal: Journal) => (await readBack(journal)).map(({ sequence }) => sequence);

  /** Two chunks a file: 0 and 1 in the first, 8 and 9 in the fifth. */
  beforeEach(async () => {
    const journal = await open();
    for (let sequence = 0; sequence < 10; sequence += 1) {
      journal.append(chunk(sequence));
      if (sequence % 2 === 1 && sequence < 9) {
        journal.rotate(position);
      }
    }
    await journal.close();
  });

  test('is one journal: read over the files, from any place, and gone on with', async () => {
    const journal = await open();
    expect(journal.syncedSequence).toBe(9);
    journal.append(chunk(10));
    await journal.sync();
    expect(await sequences(journal)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const places = [];
    for await (const { place } of journal.chunks()) {
      places.push(place);
    }
    const from = [];
    for await (const found of journal.chunks(places[3])) {
      from.push(found.chunk.sequence);
    }
    expect(from).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await journaledSessions(folder, header.streamId)).toEqual([header.recorderSession]);
    await journal.delete();
    expect(await readdir(join(folder, 'journals', header.streamId))).toEqual([]);
  });

  test('lets go of its middle, keeps its head, and knows the hole when it is opened again', async () => {
    const journal = await open();
    expect(journal.firstBehindCut).toBeNull();
    expect(journal.dropBefore(3)).toBe(true);
    expect(journal.dropBefore(3)).toBe(false);
    await journal.close();
    expect(await sequences(journal)).toEqual([0, 1, 6, 7, 8, 9]);
    const again = await open();
    expect(again.firstBehindCut).toMatchObject({ number: 3, continues: { fromSequence: 6, position } });
    expect(again.syncedSequence).toBe(9);
    expect(await sequences(again)).toEqual([0, 1, 6, 7, 8, 9]);
    expect(again.dropBefore(99)).toBe(true);
    await again.close();
    expect(await sequences(again)).toEqual([0, 1, 8, 9]);
  });

  test('torn in any file: what comes after the tear counts no more', async () => {
    await truncate(continuationPath(path, 2), (await stat(continuationPath(path, 2))).size - 1);
    const journal = await open();
    expect(journal.syncedSequence).toBe(4);
    journal.append(chunk(5));
    await journal.close();
    expect(await sequences(await open())).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await readdir(join(folder, 'journals', header.streamId))).length).toBe(3);
  });

  test('whose newest file has no whole header, or whose dropped file is still there: neither counts', async () => {
    await truncate(continuationPath(path, 4), 9);
    await rm(continuationPath(path, 2));
    const journal = await open();
    expect(journal.syncedSequence).toBe(7);
    expect(await sequences(journal)).toEqual([0, 1, 6, 7]);
    await journal.close();
  });
});
