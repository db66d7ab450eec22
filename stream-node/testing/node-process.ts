import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type TestWeb, testNodeSecret } from './test-web';

const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A stream node in a process of its own, which can be killed like any other. */
export class NodeProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly publicUrl: string,
  ) {}

  /** Starts a node on a data folder; resolves once the web has heard of it. */
  static async start(
    web: TestWeb,
    dataDir: string,
    port = 0,
    settings: Record<string, string> = {},
  ): Promise<NodeProcess> {
    const env = {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: process.env.NODE_ENV },
      ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
      ...{ STREAM_NODE_PORT: String(port), LOG_LEVEL: 'error', STREAM_NODE_ENCODER_SLOTS: '8', ...settings },
    };
    const before = web.bootId;
    const child = spawn(process.execPath, ['--import', 'tsx', mainFile], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const { publicUrl } = await web.snapshotWhere(({ bootId }) => bootId !== before);
    return new NodeProcess(child, publicUrl);
  }

  get processId(): number {
    return this.child.pid ?? Number.NaN;
  }

  get port(): number {
    return Number(new URL(this.publicUrl).port);
  }

  /** As a crash does it: nothing is closed, nothing is told. */
  async kill(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await this.kill();
    }
  }
}
