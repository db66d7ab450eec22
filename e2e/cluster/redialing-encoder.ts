import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const redialMs = 500;

/** A real ffmpeg as people set an encoder up: it dials one RTMP address, and dials again when its line is gone. */
export class RedialingEncoder implements AsyncDisposable {
  #child: ChildProcess | undefined;
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(url: string) {
    this.#done = this.#dial(url);
  }

  async #dial(url: string): Promise<void> {
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x90:rate=30'];
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=880:sample_rate=44100'];
    const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
    while (!this.#isOver) {
      const args = ['-loglevel', 'quiet', '-re', ...picture, '-re', ...sound, ...coding, '-f', 'flv', url];
      this.#child = spawn('ffmpeg', args, { stdio: 'ignore' });
      await once(this.#child, 'exit');
      await new Promise((resolve) => setTimeout(resolve, this.#isOver ? 0 : redialMs));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#child?.kill('SIGKILL');
    await this.#done;
  }
}
