import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readConfig } from '../stream-node/config';
import { newId } from '../stream-node/contract/ids';
import { whipUrl } from '../stream-node/contract/media-urls';
import type { NodeSnapshot } from '../stream-node/contract/snapshots';
import { createLogger } from '../stream-node/logger';
import { StreamNode } from '../stream-node/session/stream-node';
import { readBeeps, readFlashes, soundDelaysMs } from '../stream-node/testing/flash-and-beep';
import { fetchRuns } from '../stream-node/testing/recorded-runs';
import { TestWeb, testNodeSecret } from '../stream-node/testing/test-web';
import { installDebianPackages } from './debian-packages';

/**
 * WHIP clients of the system's packages (Debian: python3-aiortc) publish for a while into a real stream node: each must come
 * out live, with sound and picture of one moment, and as a recording of what was sent.
 */
const seconds = 20;
const soundDelayMsMax = 40;
const run = promisify(execFile);
/** the system's own, which its packages are for */
const python = '/usr/bin/python3';
const aiortcSender = fileURLToPath(new URL('./aiortc-sender.py', import.meta.url));

async function publish(web: TestWeb, node: StreamNode, codec: string): Promise<string> {
  const streamId = newId('stream');
  const streamKey = `sk_${streamId}-of-the-soak`;
  await web.want({ streamId });
  await web.giveKey(streamId, streamKey);
  const child = spawn(python, [aiortcSender], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.end(`${JSON.stringify({ url: whipUrl(node.publicUrl, streamId), streamKey, seconds, codec })}\n`);
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ours = ({ streams }: NodeSnapshot) => streams.find((stream) => stream.streamId === streamId);
  const delays: number[] = [];
  const watch = web.snapshotWhere((snapshot) => {
    const stream = ours(snapshot);
    if (typeof stream?.liveEdgeMs === 'number' && stream.state === 'live') {
      delays.push(Date.now() - stream.liveEdgeMs);
    }
    return stream?.state === 'ended';
  });
  const code = await exited;
  await web.want({ streamId, action: 'end' });
  const ended = await watch;
  if (code !== 0) {
    throw new Error(`the client ended with ${code}`);
  }
  const recorded = ended.takes.find((take) => take.streamId === streamId)?.durationSeconds ?? 0;
  const rendition = ours(ended)?.renditions.find(({ kind }) => kind === 'video')?.id;
  const base = `${node.publicUrl}/stream/${streamId}`;
  const beepsMs = await readBeeps(await fetchRuns(`${base}/audio128/recording.m3u8`));
  const flashesMs = await readFlashes(await fetchRuns(`${base}/${rendition}/recording.m3u8`));
  const soundMs = soundDelaysMs(flashesMs, beepsMs);
  const eventMs = beepsMs.map((beep) => ((beep + 500) % 1000) - 500);
  const range = (values: number[]) => `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)} ms`;
  if (soundMs.length < seconds - 4 || Math.max(...soundMs.map(Math.abs)) > soundDelayMsMax) {
    throw new Error(`${soundMs.length} beeps beside a flash, ${range(soundMs)} from it`);
  }
  return [
    `${recorded.toFixed(1)} s of ${seconds} recorded`,
    `sound ${range(soundMs)} after the picture`,
    `event clock ${range(eventMs)} late`,
    `live edge ${(delays.toSorted((a, b) => a - b)[delays.length >> 1] ?? Number.NaN).toFixed(0)} ms behind the clock`,
  ].join(', ');
}

await installDebianPackages(['ffmpeg', 'python3-aiortc']);
const { stdout } = await run(python, [aiortcSender, '--version']);
const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-soak-'));
const web = await TestWeb.start();
const node = await StreamNode.start(
  readConfig({
    ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
    ...{ STREAM_NODE_PORT: '0' },
  }),
  createLogger({ level: 'warn' }),
);
try {
  await web.snapshotWhere(() => true);
  for (const codec of ['H264', 'VP8']) {
    process.stdout.write(`${stdout.trim()}, ${codec}: ${await publish(web, node, codec)}\n`);
  }
} finally {
  await node[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
}
