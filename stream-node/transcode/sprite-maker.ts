import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type SpriteLayout, spriteCommand } from './ffmpeg-command';

/** The pictures of one sheet: an init section, and fragments that begin with the keyframes. */
export type SpriteSource = { init: Buffer; keyframes: readonly Buffer[] };

/** Nothing that is live waits for a preview. */
const niceness = 19;

/** Makes sheets of small pictures, one at a time for the whole node and at the lowest priority. */
export class SpriteMaker {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Resolves once the sheet is at `path`, as JPEG; before that nothing is there.
   *
   * @throws Error what ffmpeg says of media that it cannot read; the reason of `signal`
   */
  make(source: SpriteSource, layout: SpriteLayout, path: string, signal: AbortSignal): Promise<void> {
    const made = this.#last.then(async () => {
      signal.throwIfAborted();
      const half = `${path}.half`;
      try {
        await runToEnd(source, layout, half, signal);
        await rename(half, path);
      } catch (error) {
        await rm(half, { force: true });
        throw error;
      }
    });
    this.#last = made.catch(() => undefined);
    return made;
  }
}

async function runToEnd(
  { init, keyframes }: SpriteSource,
  layout: SpriteLayout,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const command = spriteCommand(Readable.from([init, ...keyframes]), layout, path, niceness);
  const kill = () => command.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      command
        .on('end', () => resolve())
        .on('error', (error: Error) => reject(error))
        .run();
    });
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
