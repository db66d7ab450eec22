import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { readConfig } from '../config';
import { createLogger } from '../logger';
import { oddFaults, publishOddSource } from '../testing/odd-source-run';
import { combinedOddities } from '../testing/odd-sources';
import { TestWeb, testNodeSecret } from '../testing/test-web';
import { StreamNode } from './stream-node';

// Two at a time: more of them only wait for each other, and a probe that waits too long is a source that failed.
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 2 });

const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-odd-'));
const web = await TestWeb.start();
const node = await StreamNode.start(
  readConfig({
    ZYZZ_WEB_URL: web.url,
    ZYZZ_NODE_SECRET: testNodeSecret,
    ZYZZ_DATA_DIR: dataDir,
    STREAM_NODE_PORT: '0',
    RTMP_PORT: '0',
  }),
  createLogger({ level: 'silent' }),
);
await web.snapshotWhere(() => true);
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

test.concurrent.each(combinedOddities)(
  '$name: right size, rate and length, sound and picture of one moment',
  async (source) => {
    expect(oddFaults(source, await publishOddSource(node, web, source))).toEqual([]);
  },
);
