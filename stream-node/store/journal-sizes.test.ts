import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '../contract/ids';
import { JournalSizes } from './journal-sizes';

test('what the journals of each stream take is told in whole megabytes, and gone with them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-journals-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await using sizes = new JournalSizes(join(folder, 'journals'));
  expect(sizes.observed).toBeUndefined();
  await sizes.look();
  expect(sizes.observed).toEqual([]);
  const [one, none] = [newId('stream'), newId('stream')];
  for (const streamId of [one, none, 'not a stream']) {
    await mkdir(join(folder, 'journals', streamId), { recursive: true });
  }
  await writeFile(join(folder, 'journals', one, 'ses_1.journal'), Buffer.alloc(999_999));
  await writeFile(join(folder, 'journals', one, 'ses_1.1.journal'), Buffer.alloc(2));
  await writeFile(join(folder, 'journals', 'not a stream', 'x'), 'x');
  await sizes.look();
  expect(sizes.observed).toEqual([{ streamId: one, bytes: 2_000_000 }]);
  await rm(join(folder, 'journals', one), { recursive: true });
  await sizes.look();
  expect(sizes.observed).toEqual([]);
});
