import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encoderCapacity, slotsFor } from './encoder-capacity';

test('slots are what three quarters of the processor can encode, and never none', () => {
  expect(slotsFor(0.25, 8)).toBe(18);
  expect(slotsFor(0.5, 2)).toBe(2);
  expect(slotsFor(5, 1)).toBe(1);
  expect(slotsFor(0.0001, 64)).toBe(1000);
});

test('a machine is measured by a real encode, once', { timeout: 30_000 }, async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-capacity-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  const ask = () => encoderCapacity({ ffmpegPath: 'ffmpeg', dataDirectory });
  const slots = await ask();
  expect(slots).toBeGreaterThanOrEqual(1);
  const file = join(dataDirectory, 'encoder-capacity.json');
  const kept: { machine: string } = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...kept, slots: 987 }));
  expect(await ask()).toBe(987);
  await writeFile(file, JSON.stringify({ machine: 'another', slots: 987 }));
  expect(await ask()).toBeLessThan(987);
});
