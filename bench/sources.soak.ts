import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../stream-node/config';
import { createLogger } from '../stream-node/logger';
import { StreamNode } from '../stream-node/session/stream-node';
import { oddFaults, publishOddSource } from '../stream-node/testing/odd-source-run';
import { combinedOddities, type OddSource, singleOddities } from '../stream-node/testing/odd-sources';
import { TestWeb, testNodeSecret } from '../stream-node/testing/test-web';

/**
 * Sources that are not as most are, each published to a real node, followed and read back from its recording.
 * `npm run soak -- sources` tries all; words after it choose the sources that have one of them in their names.
 */
const words = process.argv.slice(2);
const chosen = [...combinedOddities, ...singleOddities].filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);

const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-sources-'));
const web = await TestWeb.start();
const node = await StreamNode.start(
  readConfig({
    ZYZZ_WEB_URL: web.url,
    ZYZZ_NODE_SECRET: testNodeSecret,
    ZYZZ_DATA_DIR: dataDir,
    STREAM_NODE_PORT: '0',
    RTMP_PORT: '0',
  }),
  createLogger({ level: words.length === 0 ? 'silent' : 'warn' }),
);
await web.snapshotWhere(() => true);
let failures = 0;
process.stdout.write('| source | best rung | picture | sound | sound behind picture | violations |  |\n');
process.stdout.write('|---|---|---|---|---|---|---|\n');
for (const source of chosen) {
  failures += (await tryOne(source)) ? 0 : 1;
}
await node[Symbol.asyncDispose]();
await web[Symbol.asyncDispose]();
await rm(dataDir, { recursive: true, force: true });
process.exitCode = failures === 0 ? 0 : 1;

async function tryOne(source: OddSource): Promise<boolean> {
  const outcome = await publishOddSource(node, web, source);
  const faults = oddFaults(source, outcome);
  const [best] = outcome.renditions;
  const rate = best?.kind === 'video' ? best.frameRate.numerator / best.frameRate.denominator : 0;
  const rung = best?.kind === 'video' ? `${best.width}×${best.height}, ${rate.toFixed(3)} fps` : 'none';
  const delays = outcome.soundDelaysMs.map((delay) => delay.toFixed(0)).join(', ');
  const lengths = [outcome.pictureSeconds, outcome.soundSeconds].map((seconds) => `${seconds.toFixed(3)} s`);
  const cells = [source.name, rung, ...lengths, `${delays} ms`, outcome.violations.length];
  process.stdout.write(`| ${cells.join(' | ')} | ${faults.length === 0 ? 'holds' : faults.join('; ')} |\n`);
  return faults.length === 0;
}
