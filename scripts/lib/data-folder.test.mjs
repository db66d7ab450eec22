import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimDataFolder, keptSecret, prepareDataFolder } from './data-folder.mjs';
import { processMark } from './process-mark.mjs';

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zyzz-data-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a secret is made once, kept, and readable by its owner alone', () => {
  const secret = keptSecret(folder, 'secret');
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(keptSecret(folder, 'secret')).toBe(secret);
  expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
});

test('a secret that was cut short is refused in one sentence', () => {
  writeFileSync(join(folder, 'secret'), 'abc');
  expect(() => keptSecret(folder, 'secret')).toThrow(/is too short .*: delete the file to have one made\.$/);
});

test('a data folder that is a file is refused in one sentence', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => prepareDataFolder(join(folder, 'file'))).toThrow(/^The data folder .* cannot be used: /);
});

test('a second start is refused while the first one lives', async () => {
  const file = join(folder, 'supervisor.pid');
  const claim = await claimDataFolder(file);
  await expect(claimDataFolder(file)).rejects.toThrow(
    `zyzz is already running (process ${process.pid}) on this data folder: stop it first.`,
  );
  claim.release();
  (await claimDataFolder(file)).release();
});

test('a killed start does not keep the next one out, nor does a later process of its number', async () => {
  const file = join(folder, 'supervisor.pid');
  for (const left of ['999999 start:1', `${process.pid} start:1`, 'nonsense', '']) {
    writeFileSync(file, left);
    (await claimDataFolder(file)).release();
  }
});

test('what a killed start left running has ended before the next one goes on', async () => {
  const file = join(folder, 'supervisor.pid');
  const left = spawn('sleep', ['60'], { detached: true });
  writeFileSync(file, `999999 start:1\n${left.pid} ${processMark(left.pid)} web`);
  const claimed = claimDataFolder(file);
  left.kill();
  await claimed;
  expect(processMark(left.pid)).toBe('gone');
  if (left.exitCode === null && left.signalCode === null) {
    await once(left, 'exit');
  }
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid} ${processMark(process.pid)}`);
});
