import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfig } from '../stream-node/config';
import { newId } from '../stream-node/contract/ids';
import type { NodeSnapshot } from '../stream-node/contract/snapshots';
import { createLogger } from '../stream-node/logger';
import { StreamNode } from '../stream-node/session/stream-node';
import { TestWeb, testNodeSecret } from '../stream-node/testing/test-web';

/**
 * Every RTMP client of this machine pushes for a while into a real stream node: each must come out live, with picture and
 * sound, within a second, and as a recording of what was sent.
 */
const seconds = 12;
const run = promisify(execFile);

type Client = { name: string; version: string[]; command: (url: string, key: string) => string[] };

const picture = `video/x-raw,width=320,height=180,framerate=30/1`;
const gstreamer = (sink: (url: string, key: string) => string[]) => (url: string, key: string) => [
  ...['gst-launch-1.0', '-q', '-e', 'flvmux', 'name=mux', 'streamable=true', '!', ...sink(url, key)],
  ...['videotestsrc', 'is-live=true', `num-buffers=${seconds * 30}`, '!', picture, '!', 'videoconvert', '!'],
  ...['x264enc', 'bframes=2', 'speed-preset=ultrafast', 'key-int-max=30', 'bitrate=400', '!', 'h264parse', '!'],
  ...['queue', '!', 'mux.', 'audiotestsrc', 'is-live=true', `num-buffers=${seconds * 43}`, '!', 'audioconvert', '!'],
  ...['audioresample', '!', 'audio/x-raw,rate=44100', '!', 'avenc_aac', '!', 'aacparse', '!', 'queue', '!', 'mux.'],
];
const ffmpegSource = [
  ...['ffmpeg', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', `testsrc=size=320x180:rate=30:duration=${seconds}`],
  ...['-re', '-f', 'lavfi', '-i', `sine=duration=${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30'],
  ...['-bf', '2', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-f', 'flv'],
];

const clients: Client[] = [
  {
    name: 'ffmpeg, flv muxer',
    version: ['ffmpeg', '-version'],
    command: (url, key) => [...ffmpegSource, `${url}/${key}`],
  },
  {
    name: 'GStreamer rtmp2sink',
    version: ['gst-launch-1.0', '--version'],
    command: gstreamer((url, key) => ['rtmp2sink', `location=${url}/${key}`]),
  },
  {
    name: 'GStreamer rtmpsink (librtmp)',
    version: ['gst-launch-1.0', '--version'],
    command: gstreamer((url, key) => ['rtmpsink', `location=${url}/${key} live=1`]),
  },
];

async function push(web: TestWeb, node: StreamNode, client: Client): Promise<string> {
  const streamId = newId('stream');
  const streamKey = `sk_${streamId}-of-the-soak`;
  await web.want({ streamId });
  await web.giveKey(streamId, streamKey);
  const [program = '', ...args] = client.command(node.rtmpUrl ?? '', streamKey);
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ours = ({ streams }: NodeSnapshot) => streams.find((stream) => stream.streamId === streamId);
  const outcome = await Promise.race([
    web.snapshotWhere((snapshot) => ours(snapshot)?.state === 'live').then(() => 'live' as const),
    exited,
  ]);
  if (outcome !== 'live') {
    throw new Error(`${client.name} ended with ${outcome} before it was live`);
  }
  const delays: number[] = [];
  const watch = web.snapshotWhere((snapshot) => {
    const stream = ours(snapshot);
    if (typeof stream?.liveEdgeMs === 'number' && stream.state === 'live') {
      delays.push(Date.now() - stream.liveEdgeMs);
    }
    return stream?.state === 'ended';
  });
  await exited;
  await web.want({ streamId, action: 'end' });
  const ended = await watch;
  const kinds = new Set(ours(ended)?.renditions.map(({ kind }) => kind));
  const recorded = ended.takes.find((take) => take.streamId === streamId)?.durationSeconds ?? 0;
  if (kinds.size !== 2 || Math.abs(recorded - seconds) > 1) {
    throw new Error(`${client.name}: ${[...kinds].join(' and ')}, ${recorded.toFixed(1)} s recorded of ${seconds}`);
  }
  const median = delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Number.NaN;
  return `${recorded.toFixed(1)} s recorded, live edge ${median.toFixed(0)} ms behind the clock (median)`;
}

const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-soak-'));
const web = await TestWeb.start();
const node = await StreamNode.start(
  readConfig({
    ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
    ...{ STREAM_NODE_PORT: '0', RTMP_PORT: '0' },
  }),
  createLogger({ level: 'warn' }),
);
try {
  await web.snapshotWhere(() => true);
  for (const client of clients) {
    const [program = '', ...args] = client.version;
    const version = (await run(program, args)).stdout.split('\n')[0] ?? '';
    process.stdout.write(`${client.name} (${version.slice(0, 60)}): ${await push(web, node, client)}\n`);
  }
} finally {
  await node[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
}
