import { rename } from 'node:fs/promises';
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
   * @throws Error what ffmpeg says of media that it cannot read
   */
  make(source: SpriteSource, layout: SpriteLayout, path: string): Promise<void> {
    const made = this.#last.then(async () => {
      const half = `${path}.half`;
      await runToEnd(source, layout, half);
      await rename(half, path);
    });
    this.#last = made.catch(() => undefined);
    return made;
  }
}

function runToEnd({ init, keyframes }: SpriteSource, layout: SpriteLayout, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    spriteCommand(Readable.from([init, ...keyframes]), layout, path, niceness)
      .on('end', () => resolve())
      .on('error', (error: Error) => reject(error))
      .run();
  });
}
