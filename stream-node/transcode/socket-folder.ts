import { lstat, mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ownerId = process.getuid?.() ?? 0;

/** Where the sockets lie by which ffmpeg hands over its output, one folder a stream: a program on this machine may look. */
export const socketDirectory = join(tmpdir(), `zyzz-${ownerId}`);

/** A folder of an encoder's own for its sockets, in that of its stream; nobody else on the machine can look into it. */
export class SocketFolder {
  private constructor(
    readonly path: string,
    private readonly ofStream: string,
  ) {}

  static async make(streamId: string): Promise<SocketFolder> {
    const ofStream = join(socketDirectory, streamId);
    await makePrivate(socketDirectory);
    for (;;) {
      await makePrivate(ofStream);
      try {
        return new SocketFolder(await mkdtemp(join(ofStream, 'e')), ofStream);
      } catch (error) {
        // The stream's former encoder took the folder away in between.
        if (codeOf(error) !== 'ENOENT') {
          throw error;
        }
      }
    }
  }

  /** With what is in it, and the stream's folder once no other encoder has one there. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    try {
      await rmdir(this.ofStream);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error))) {
        throw error;
      }
    }
  }
}

/** @throws Error when someone else was first: the names below a shared temporary folder can be guessed */
async function makePrivate(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw error;
    }
    const stats = await lstat(folder);
    if (!stats.isDirectory() || stats.uid !== ownerId || (stats.mode & 0o077) !== 0) {
      throw new Error(`${folder} is not a folder of this user alone`);
    }
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
