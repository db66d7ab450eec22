import { type FileHandle, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { vi } from 'vitest';

/** The next `datasync` of a file of this process takes as long as it takes `lift` to be called. `held` resolves once it was asked for. */
export async function holdNextSync(): Promise<{ held: Promise<void>; lift(): void }> {
  const prototype = await fileHandlePrototype();
  const { datasync } = prototype;
  let lift = () => {};
  const lifted = new Promise<void>((resolve) => {
    lift = resolve;
  });
  const held = new Promise<void>((resolve) => {
    const slow = vi.spyOn(prototype, 'datasync').mockImplementationOnce(async function (this: FileHandle) {
      slow.mockRestore();
      resolve();
      await lifted;
      await datasync.call(this);
    });
  });
  return { held, lift };
}

/** From now on no file of this process grows, as on a disk without room, until `lift` is called. */
export async function fillDisk(): Promise<{ lift(): void }> {
  const prototype = await fileHandlePrototype();
  const full = vi.spyOn(prototype, 'appendFile').mockImplementation(async () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  return { lift: () => full.mockRestore() };
}

async function fileHandlePrototype(): Promise<FileHandle> {
  const handle = await open(devNull, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle);
}
