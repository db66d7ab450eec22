import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { diskBytes, diskLevel } from './disk-level';

const limits = { warnBytes: 4000, refuseBytes: 1000 };

test('a disk that fills goes from ample to low, short and full', () => {
  const levels = [5000, 4000, 3999, 1000, 999, 250, 249, 0].map((freeBytes) => diskLevel(freeBytes, limits));
  expect(levels).toEqual(['ample', 'ample', 'low', 'low', 'short', 'short', 'full', 'full']);
});

test('a disk on the brink does not change its level to and fro', () => {
  expect(diskLevel(1050, limits, 'short')).toBe('short');
  expect(diskLevel(1101, limits, 'short')).toBe('low');
  expect(diskLevel(260, limits, 'full')).toBe('full');
  expect(diskLevel(4100, limits, 'low')).toBe('low');
  expect(diskLevel(9000, limits, 'full')).toBe('ample');
});

test('the disk of a folder is asked', async () => {
  const { freeBytes, totalBytes } = await diskBytes(tmpdir());
  expect(totalBytes).toBeGreaterThan(freeBytes);
});
