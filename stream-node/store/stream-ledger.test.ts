import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '../contract/ids';
import { commentaryAudio } from '../contract/ladder';
import { audioCutPlan } from '../contract/profiles';
import { StreamLedger } from './stream-ledger';

const streamId = newId('stream');
const entry = {
  ...{ renditions: [commentaryAudio], cut: audioCutPlan(), record: true, graceSeconds: 120 },
  ...{ nextMediaSequence: 0, discontinuityNumber: 0 },
};

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-ledger-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('whatever was published, the ledger on disk is above it', async () => {
  const folder = await newFolder();
  const ledger = await StreamLedger.open(folder, streamId);
  expect(ledger.entry).toBeUndefined();
  await ledger.begin(entry);
  const failures: Error[] = [];
  const reserved = async () => (await StreamLedger.open(folder, streamId)).entry?.nextMediaSequence ?? 0;
  for (const mediaSequence of [0, 31, 32, 33, 60, 100, 300]) {
    ledger.published(mediaSequence, (error) => failures.push(error));
    await expect.poll(reserved, { timeout: 10_000 }).toBeGreaterThan(mediaSequence);
  }
  expect(failures).toEqual([]);
  expect((await StreamLedger.open(folder, streamId)).entry).toMatchObject({ cut: audioCutPlan(), record: true });
  await ledger.remove();
});

test('a ledger that is gone or torn is empty', async () => {
  const folder = await newFolder();
  const ledger = await StreamLedger.open(folder, streamId);
  await ledger.begin(entry);
  await writeFile(join(folder, 'live', `${streamId}.json`), '{"version":1,"rend');
  expect((await StreamLedger.open(folder, streamId)).entry).toBeUndefined();
  await ledger.remove();
  expect((await StreamLedger.open(folder, streamId)).entry).toBeUndefined();
});
