import { ftruncateSync, writeSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { onTestFinished, test, vi } from 'vitest';
import { fuzzRuns, fuzzTimeoutMs } from '../testing/fuzz-runs';
import { mutatedBytes } from '../testing/mutated-bytes';
import { encodeHeader, encodeRecord, type JournalRecord, readHeader, readRecords } from './journal-format';

vi.setConfig({ testTimeout: fuzzTimeoutMs });

const header = encodeHeader({
  ...{ type: 'journal', version: 1, streamId: 'str_fuzzing234', recorderSession: 'rec_fuzzing234', epoch: 1 },
  ...{ mime: 'video/webm', container: 'matroska', hasVideo: true, hasAudio: true },
});
const records: JournalRecord[] = [
  { kind: 'chunk', chunk: { sequence: 0, captureTimeMs: 1.5, bytes: Buffer.alloc(20, 1) } },
  { kind: 'note', note: { type: 'clock', offsetMs: 1, roundTripMs: 2, atMs: 3 } },
  { kind: 'chunk', chunk: { sequence: 1, captureTimeMs: 2.5, bytes: Buffer.alloc(30, 2) } },
];
const written = records.map((record) => JSON.stringify(record));
const body = Buffer.concat(records.flatMap(encodeRecord));

test('a journal damaged anywhere gives its records up to the damage, as they were written, and nothing that was not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-journal-fuzz-'));
  const file = await open(join(folder, 'fuzzed.journal'), 'w+');
  onTestFinished(async () => {
    await file.close();
    await rm(folder, { recursive: true, force: true });
  });
  const heads = fc.oneof({ weight: 3, arbitrary: fc.constant(header) }, { weight: 1, arbitrary: mutatedBytes(header) });
  await fc.assert(
    fc.asyncProperty(heads, mutatedBytes(body), async (head, rest) => {
      // Synchronously: a hop to another thread costs more than the write.
      ftruncateSync(file.fd, 0);
      writeSync(file.fd, Buffer.concat([head, rest]), 0, head.byteLength + rest.byteLength, 0);
      const found = await readHeader(file);
      if (found === null) {
        return;
      }
      const read: string[] = [];
      for await (const { record } of readRecords(file, found.endOffset)) {
        read.push(JSON.stringify(record));
      }
      // A whole record may have been doubled by the damage; one that was never written cannot come out.
      if (read.some((record) => !written.includes(record))) {
        throw new Error(`never written: ${read.join()}`);
      }
    }),
    fuzzRuns,
  );
});
