import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { nodes } from '../../db/schema';
import { testNodeSecret } from './test-context';

const mainFile = fileURLToPath(new URL('../../stream-node/main.ts', import.meta.url));
const lookAgainMs = 50;

/** A real stream node beside a test's web process. */
export class StreamNodeProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    private readonly dataDir: string,
  ) {}

  /** Resolves once the web has its first snapshot. */
  static async start(web: { url: string }, db: Database): Promise<StreamNodeProcess> {
    const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
    const name = `node of a test, ${dataDir}`;
    const child = spawn(process.execPath, ['--import', 'tsx', mainFile], {
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: process.env.NODE_ENV },
        ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
        ...{ STREAM_NODE_PORT: '0', RTMP_PORT: '0', STREAM_NODE_NAME: name, LOG_LEVEL: 'error' },
        // Tests make more streams than a small machine can encode; few of them ever send.
        STREAM_NODE_ENCODER_SLOTS: '100',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const started = new StreamNodeProcess(child, dataDir);
    for (;;) {
      const [row] = await db.select({ id: nodes.id }).from(nodes).where(eq(nodes.name, name));
      if (row !== undefined) {
        return started;
      }
      if (child.exitCode !== null) {
        throw new Error('the stream node did not start');
      }
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
