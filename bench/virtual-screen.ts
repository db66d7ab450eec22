import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A screen that nobody looks at (Xvfb), for programs that do not start without one. */
export class VirtualScreen implements Disposable {
  private constructor(
    private readonly xvfb: ChildProcess,
    /** what a program's DISPLAY is to say */
    readonly display: string,
  ) {}

  static async start(): Promise<VirtualScreen> {
    const xvfb = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp', '-screen', '0', '1280x900x24'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const faults = once(xvfb, 'error').then(([error]) => Promise.reject(error));
    const lines = createInterface({ input: xvfb.stdio[3] as Readable });
    const ended = once(lines, 'close').then(() => Promise.reject(new Error('Xvfb ended before it had a screen')));
    const [number] = await Promise.race([once(lines, 'line'), faults, ended]);
    return new VirtualScreen(xvfb, `:${number}`);
  }

  [Symbol.dispose](): void {
    this.xvfb.kill('SIGKILL');
  }
}
