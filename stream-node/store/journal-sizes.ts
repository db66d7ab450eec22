import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StreamId } from '../contract/ids';

/** A node with many streams has many files; a quota need not know of the last seconds. */
const lookEveryMs = 10_000;
const megabyte = 1_000_000;

/** What the journals of each stream take on the disk: looked at from time to time, told at once. */
export class JournalSizes implements AsyncDisposable {
  #sizes: readonly { streamId: string; bytes: number }[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  /** @param folder of all journals, with a folder in it for each stream */
  constructor(private readonly folder: string) {}

  start(): void {
    void this.look();
    this.#timer = setInterval(() => void this.look(), lookEveryMs);
  }

  /** In whole megabytes; streams without a journal are left out. `undefined` before the first look. */
  get observed(): readonly { streamId: string; bytes: number }[] | undefined {
    return this.#sizes;
  }

  look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const streamIds = (await readdir(this.folder).catch(() => [])).filter((name) => StreamId.safeParse(name).success);
    const sizes: { streamId: string; bytes: number }[] = [];
    for (const streamId of streamIds) {
      const bytes = await folderBytes(join(this.folder, streamId));
      if (bytes > 0) {
        sizes.push({ streamId, bytes: Math.ceil(bytes / megabyte) * megabyte });
      }
    }
    this.#sizes = sizes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}

/** The sizes of all files below a folder; what vanishes meanwhile counts nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(
      async (file) =>
        await stat(join(file.parentPath, file.name)).then(
          ({ size }) => size,
          () => 0,
        ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
