import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Speakers that nobody hears: a machine without a sound card has no clock for sound, and there neither browser lets its audio
 * graph run. Their rate is that of most cheap cards, which is not the 48 kHz that the booth works at.
 */
export class SilentSpeakers implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<SilentSpeakers> {
    const folder = await mkdtemp(join(tmpdir(), 'zyzz-speakers-'));
    const modules = [
      'module-null-sink sink_name=nowhere rate=44100',
      `module-native-protocol-unix socket=${folder}/socket auth-anonymous=1`,
    ];
    const child = spawn(
      'pulseaudio',
      [
        ...['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm'],
        ...modules.flatMap((module) => ['-L', module]),
      ],
      { env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder }, stdio: 'ignore' },
    );
    const speakers = new SilentSpeakers(child, folder);
    let hasEnded = false;
    child.once('exit', () => {
      hasEnded = true;
    });
    while (!existsSync(join(folder, 'socket'))) {
      if (hasEnded) {
        await rm(folder, { recursive: true, force: true });
        throw new Error('pulseaudio ended before it was ready');
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return speakers;
  }

  /** What tells a browser to use them. */
  get environment(): { PULSE_SERVER: string } {
    return { PULSE_SERVER: `unix:${this.folder}/socket` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
