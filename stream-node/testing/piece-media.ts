import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const quiet = ['-hide_banner', '-loglevel', 'error', '-y'];

/** Files such as broadcasters upload, made by ffmpeg in a folder of their own. */
export class PieceMedia {
  private constructor(readonly folder: string) {}

  static async inNewFolder(): Promise<PieceMedia> {
    return new PieceMedia(await mkdtemp(join(tmpdir(), 'zyzz-pieces-')));
  }

  /**
   * A recording of a counted picture (30 frames a second) and a tone.
   *
   * @param name with the extension that says its container
   */
  async make(
    name: string,
    options: { seconds: number; options?: readonly string[]; tone?: number; size?: string },
  ): Promise<string> {
    const { seconds, options: encoding = [], tone = 440, size = '160x90' } = options;
    const picture = ['-f', 'lavfi', '-i', `testsrc=s=${size}:r=30:d=${seconds}`];
    const sound = ['-f', 'lavfi', '-i', `sine=${tone}:r=48000:d=${seconds}`];
    const defaults = ['-pix_fmt', 'yuv420p', ...(encoding.length > 0 ? encoding : h264)];
    return await this.run(name, [...picture, ...sound, ...defaults]);
  }

  /** Runs ffmpeg to make the file of that name; answers its path. */
  async run(name: string, args: readonly string[]): Promise<string> {
    const path = this.path(name);
    await run('ffmpeg', [...quiet, ...args, path]);
    return path;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async bytes(name: string): Promise<Buffer> {
    return await readFile(this.path(name));
  }
}

/** What phones and cameras write. */
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'main', '-g', '30', '-c:a', 'aac'];
