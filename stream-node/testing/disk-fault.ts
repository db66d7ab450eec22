import { type FileHandle, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { vi } from 'vitest';

/** From now on no file of this process grows, as on a disk without room, until `lift` is called. */
export async function fillDisk(): Promise<{ lift(): void }> {
  const handle = await open(devNull, 'r');
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const full = vi.spyOn(prototype, 'appendFile').mockImplementation(async () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  return { lift: () => full.mockRestore() };
}
