import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { readConfig } from '../config';
import { StreamNode } from '../session/stream-node';
import { TestWeb, testNodeSecret } from './test-web';

/** A node of a test's own in this process, on free ports and a new data folder, and the web that it asks. */
export class TestNode implements AsyncDisposable {
  private constructor(
    readonly node: StreamNode,
    readonly web: TestWeb,
    private readonly dataDir: string,
    private readonly logged: readonly string[],
  ) {}

  /**
   * Resolves once the web has heard of the node.
   *
   * @param settings beside those that are chosen here; it says nothing below `LOG_LEVEL`, which is `silent`
   */
  static async start(settings: Record<string, string> = {}): Promise<TestNode> {
    const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
    const web = await TestWeb.start();
    const config = readConfig({
      ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
      ...{ STREAM_NODE_PORT: '0', LOG_LEVEL: 'silent', ...settings },
    });
    const logged: string[] = [];
    const logger = pino({ level: config.logLevel }, { write: (line) => logged.push(line) });
    const node = await StreamNode.start(config, logger);
    await web.snapshotWhere(() => true);
    return new TestNode(node, web, dataDir, logged);
  }

  /** All that it has logged. */
  get log(): string {
    return this.logged.join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node[Symbol.asyncDispose]();
    await this.web[Symbol.asyncDispose]();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
