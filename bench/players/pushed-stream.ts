import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../stream-node/config';
import { newId } from '../../stream-node/contract/ids';
import type { NodeSnapshot } from '../../stream-node/contract/snapshots';
import { createLogger } from '../../stream-node/logger';
import { StreamNode } from '../../stream-node/session/stream-node';
import { TestWeb, testNodeSecret } from '../../stream-node/testing/test-web';

const source = [
  ...['ffmpeg', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=30'],
  ...['-re', '-f', 'lavfi', '-i', 'sine', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '60', '-pix_fmt', 'yuv420p'],
  ...['-c:a', 'aac', '-f', 'flv'],
];

/** ffmpeg's test picture and tone, pushed by RTMP into a real node: a stream for players of independent make. */
export class PushedStream implements AsyncDisposable {
  private constructor(
    private readonly web: TestWeb,
    private readonly node: StreamNode,
    private readonly encoder: ChildProcess,
    private readonly streamId: string,
    private readonly dataDir: string,
  ) {}

  static async start(): Promise<PushedStream> {
    const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-players-'));
    const web = await TestWeb.start();
    const node = await StreamNode.start(
      readConfig({
        ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
        ...{ STREAM_NODE_PORT: '0', RTMP_PORT: '0' },
      }),
      createLogger({ level: 'warn' }),
    );
    await web.snapshotWhere(() => true);
    const streamId = newId('stream');
    const streamKey = `sk_${streamId}-of-the-soak`;
    await web.want({ streamId });
    await web.giveKey(streamId, streamKey);
    const [program = '', ...args] = source;
    const encoder = spawn(program, [...args, `${node.rtmpUrl}/${streamKey}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return new PushedStream(web, node, encoder, streamId, dataDir);
  }

  url(file: string): string {
    return `${this.node.publicUrl}/stream/${this.streamId}/${file}`;
  }

  /** Resolves once so much of it is on disk. */
  async untilRecorded(seconds: number): Promise<void> {
    await this.web.snapshotWhere((snapshot) => this.#recordedSeconds(snapshot) >= seconds);
  }

  async end(): Promise<void> {
    this.encoder.kill('SIGKILL');
    await this.web.want({ streamId: this.streamId, action: 'end' });
    await this.web.snapshotWhere(({ streams }) =>
      streams.some(({ streamId, state }) => streamId === this.streamId && state === 'ended'),
    );
  }

  #recordedSeconds({ takes }: NodeSnapshot): number {
    return takes
      .filter(({ streamId }) => streamId === this.streamId)
      .reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.encoder.kill('SIGKILL');
    await this.node[Symbol.asyncDispose]();
    await this.web[Symbol.asyncDispose]();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
