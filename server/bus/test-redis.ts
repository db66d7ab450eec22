import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For tests: a real Redis on a free port, which can be killed and started again there. */
export class TestRedis implements AsyncDisposable {
  #child: ChildProcess | undefined;
  readonly #dir = mkdtempSync(join(tmpdir(), 'zyzz-redis-'));

  private constructor(private readonly port: number) {}

  static async start(): Promise<TestRedis> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    probe.close();
    await once(probe, 'close');
    const redis = new TestRedis(typeof address === 'object' && address !== null ? address.port : 0);
    await redis.launch();
    return redis;
  }

  get url(): string {
    return `redis://:word@127.0.0.1:${this.port}`;
  }

  async launch(): Promise<void> {
    const settings = ['--bind', '127.0.0.1', '--requirepass', 'word', '--save', '', '--dir', this.#dir];
    const child = spawn('redis-server', ['--port', String(this.port), ...settings], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let output = '';
    await new Promise<void>((ready, failed) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk;
        if (output.includes('Ready to accept connections')) {
          ready();
        }
      });
      child.once('error', failed);
      child.once('exit', (code) => failed(new Error(`redis-server ended with ${code}:\n${output}`)));
    });
  }

  /** As a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined && child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
