import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { readConfig } from '../stream-node/config';
import { newId } from '../stream-node/contract/ids';
import { logFormat } from '../stream-node/contract/log-format';
import type { NodeSnapshot } from '../stream-node/contract/snapshots';
import { StreamNode } from '../stream-node/session/stream-node';
import { TestWeb, testNodeSecret } from '../stream-node/testing/test-web';
import { installDebianPackages } from './debian-packages';
import { type ObsSettings, ObsStudio } from './encoders/obs-studio';

/**
 * Every RTMP client of this machine pushes for a while into a real stream node: each must come out live, with picture and
 * sound, within a second, and as a recording of what was sent.
 */
const seconds = 12;
const packages = [
  ...[
    'ffmpeg',
    'gstreamer1.0-tools',
    'gstreamer1.0-plugins-good',
    'gstreamer1.0-plugins-bad',
    'gstreamer1.0-plugins-ugly',
  ],
  ...['gstreamer1.0-libav', 'obs-studio', 'obs-plugins', 'xvfb'],
];
const run = promisify(execFile);

/** A program while it pushes. */
type Push = AsyncDisposable & { exited: Promise<number | null> };
type Client = {
  name: string;
  version: string[];
  start: (url: string, key: string) => Promise<Push>;
  /** It goes on until it is told to end. */
  goesOn?: true;
  /** whether its picture is to be the best one as it is */
  isCopied?: true;
};

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

/** A client that is a command and ends by itself. */
const command = (argv: (url: string, key: string) => string[]) => async (url: string, key: string) => {
  const [program = '', ...args] = argv(url, key);
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exited, [Symbol.asyncDispose]: async () => void child.kill('SIGKILL') };
};
const obs = (settings: ObsSettings) => (url: string, key: string) => ObsStudio.start(url, key, clip, settings);

await installDebianPackages(packages);
const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-soak-'));
/** what OBS plays */
const clip = join(dataDir, 'clip.mp4');

const clients: Client[] = [
  {
    name: 'ffmpeg, flv muxer',
    version: ['ffmpeg', '-version'],
    start: command((url, key) => [...ffmpegSource, `${url}/${key}`]),
  },
  {
    name: 'GStreamer rtmp2sink',
    version: ['gst-launch-1.0', '--version'],
    start: command(gstreamer((url, key) => ['rtmp2sink', `location=${url}/${key}`])),
  },
  {
    name: 'GStreamer rtmpsink (librtmp)',
    version: ['gst-launch-1.0', '--version'],
    start: command(gstreamer((url, key) => ['rtmpsink', `location=${url}/${key} live=1`])),
  },
  {
    name: 'OBS Studio as it comes',
    version: ['obs', '--version'],
    start: obs({ size: { width: 320, height: 180 }, videoBitrateKbps: 400 }),
    goesOn: true,
  },
  {
    name: 'OBS Studio set so that its picture is copied',
    version: ['obs', '--version'],
    start: obs({
      size: { width: 640, height: 360 },
      videoBitrateKbps: 600,
      x264Settings: 'keyint=60 tune=zerolatency scenecut=0',
    }),
    goesOn: true,
    isCopied: true,
  },
];

/** Ten seconds that OBS plays in a loop. */
async function makeClip(): Promise<void> {
  const sources = ['testsrc=size=640x360:rate=30:duration=10', 'sine=duration=10'].flatMap((one) => [
    '-f',
    'lavfi',
    '-i',
    one,
  ]);
  await run('ffmpeg', [
    '-loglevel',
    'error',
    ...sources,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-c:a',
    'aac',
    clip,
  ]);
}

async function push(web: TestWeb, node: StreamNode, client: Client): Promise<string> {
  const streamId = newId('stream');
  const streamKey = `sk_${streamId}-of-the-soak`;
  await web.want({ streamId });
  await web.giveKey(streamId, streamKey);
  await using encoder = await client.start(node.rtmpUrl ?? '', streamKey);
  const ours = ({ streams }: NodeSnapshot) => streams.find((stream) => stream.streamId === streamId);
  const outcome = await Promise.race([
    web.snapshotWhere((snapshot) => ours(snapshot)?.state === 'live').then(() => 'live' as const),
    encoder.exited,
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
  const sent = web.snapshotWhere((snapshot) => (ours(snapshot)?.activeSeconds ?? 0) >= seconds);
  await (client.goesOn ? Promise.race([sent, encoder.exited]) : encoder.exited);
  await web.want({ streamId, action: 'end' });
  const ended = await watch;
  const renditions = ours(ended)?.renditions ?? [];
  const kinds = new Set(renditions.map(({ kind }) => kind));
  const recorded = ended.takes.find((take) => take.streamId === streamId)?.durationSeconds ?? 0;
  const isLength = client.goesOn ? recorded >= seconds - 1 : Math.abs(recorded - seconds) <= 1;
  if (kinds.size !== 2 || !isLength) {
    throw new Error(`${client.name}: ${[...kinds].join(' and ')}, ${recorded.toFixed(1)} s recorded of ${seconds}`);
  }
  if (client.isCopied && !copied.has(streamId)) {
    throw new Error(`${client.name}: its picture was not copied`);
  }
  const median = delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Number.NaN;
  return `${recorded.toFixed(1)} s recorded, live edge ${median.toFixed(0)} ms behind the clock (median)`;
}

/** streams whose best picture was copied, by what their node says when it is through with one */
const copied = new Set<string>();
const logger = pino(
  { level: 'info', ...logFormat },
  {
    write: (line) => {
      const { level, streamId, copiesBest }: { level: number; streamId?: string; copiesBest?: boolean } =
        JSON.parse(line);
      if (copiesBest && streamId !== undefined) {
        copied.add(streamId);
      }
      if (level >= 40) {
        process.stderr.write(line);
      }
    },
  },
);
const web = await TestWeb.start();
const node = await StreamNode.start(
  readConfig({
    ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
    ...{ STREAM_NODE_PORT: '0', RTMP_PORT: '0' },
  }),
  logger,
);
try {
  await web.snapshotWhere(() => true);
  await makeClip();
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
