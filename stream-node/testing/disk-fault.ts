import { type FileHandle, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { vi } from 'vitest';
import { gate } from './gate';

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

/** Who comes next to the end of a file of this process is told so only once `lift` is called; what is appended meanwhile it does not know of. */
export async function holdNextEnd(): Promise<{ held: Promise<void>; lift(): void }> {
  const prototype = await fileHandlePrototype();
  const { read } = prototype;
  const [reached, lifted] = [gate(), gate()];
  const slow = vi.spyOn(prototype, 'read').mockImplementation(async function (this: FileHandle, ...range: unknown[]) {
    const found = await Reflect.apply(read, this, range);
    if (found.bytesRead === 0) {
      slow.mockRestore();
      reached.pass();
      await lifted.passed;
    }
    return found;
  });
  return { held: reached.passed, lift: () => lifted.pass() };
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
