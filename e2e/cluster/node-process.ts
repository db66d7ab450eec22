import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { untilOk } from '../fixtures/zyzz-server';
import type { NetworkNamespace } from './network-namespace';

const run = promisify(execFile);

const mainFile = resolve(import.meta.dirname, '..', '..', 'stream-node', 'main.ts');

export type NodeSettings = {
  webUrl: string;
  nodeSecret: string;
  port: number;
  /** where it takes encoders; default: nowhere */
  rtmpPort?: number;
  /** where it runs apart from the other processes, as on a machine of its own */
  network?: NetworkNamespace;
};

/** A stream node as a process of its own, that can be killed, told to stop, and started again on its data and port. */
export class NodeProcess implements AsyncDisposable {
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'zyzz-cluster-'));
  #child: ChildProcess | undefined;

  constructor(private readonly settings: NodeSettings) {}

  get publicUrl(): string {
    return `http://${this.#host}:${this.settings.port}`;
  }

  get rtmpPort(): number | undefined {
    return this.settings.rtmpPort;
  }

  get #host(): string {
    return this.settings.network?.address ?? '127.0.0.1';
  }

  /** What it says of itself, asked on its own machine: bytes of media that it has taken in. */
  async ingestedBytes(): Promise<number> {
    const { network, nodeSecret } = this.settings;
    const curl = ['curl', '-s', '-m', '2', '-H', `authorization: Bearer ${nodeSecret}`, `${this.publicUrl}/metrics`];
    const [program = '', ...args] = [...(network?.prefix ?? []), ...curl];
    const { stdout } = await run(program, args).catch(() => ({ stdout: '' }));
    return Number(/^zyzz_node_ingest_bytes_total (\S+)/m.exec(stdout)?.[1] ?? 0);
  }

  /** Resolves once the web takes its snapshots. */
  async start(): Promise<void> {
    const { webUrl, nodeSecret, port, rtmpPort, network } = this.settings;
    const [program = '', ...args] = [...(network?.prefix ?? []), process.execPath, '--import', 'tsx', mainFile];
    this.#child = spawn(program, args, {
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: process.env.NODE_ENV },
        ...{ ZYZZ_WEB_URL: webUrl, ZYZZ_NODE_SECRET: nodeSecret, ZYZZ_DATA_DIR: this.#dataDir },
        ...{ STREAM_NODE_PORT: String(port), STREAM_NODE_ENCODER_SLOTS: '8', LOG_LEVEL: 'error', HOST: this.#host },
        ...(rtmpPort !== undefined && { RTMP_PORT: String(rtmpPort) }),
      },
      // With the channel it ends even when the test runner is killed.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await untilOk(`${this.publicUrl}/readyz`, 60_000);
  }

  /** As a crash does it: nothing is closed, nothing is told. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As a rolling restart does it. Resolves with the exit code once it has left. */
  async stop(): Promise<number | null> {
    return await this.#end('SIGTERM');
  }

  /** Its process stands still: nobody hears of it, and its connections stay open. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return child?.exitCode ?? null;
    }
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    return child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
