import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newId } from '../stream-node/contract/ids';
import { commentaryAudio, stereoAudio, type VideoRendition } from '../stream-node/contract/ladder';
import { createLogger } from '../stream-node/logger';
import type { PlayableStream } from '../stream-node/origin/playable-stream';
import { Timeline } from '../stream-node/packager/timeline';
import { StreamOutput } from '../stream-node/session/stream-output';
import type { StreamPorts } from '../stream-node/session/stream-ports';
import { Recordings } from '../stream-node/store/recordings';
import { LoopedFragments } from '../stream-node/testing/looped-fragments';
import { OriginServer } from '../stream-node/testing/origin-server';
import { SpriteMaker } from '../stream-node/transcode/sprite-maker';
import { leastOutputOffsetSeconds } from '../stream-node/transcode/transcode-plan';

/**
 * Four hours of media at twenty times their speed through all that follows ffmpeg in a node: packager, window, recording on
 * disk, small pictures, and an origin with a viewer of every rendition. What is held must not grow. `npm run soak -- long-run`;
 * words after it are the hours and the speed.
 */
const [hours = 4, speed = 20] = process.argv.slice(2).map(Number);
/** a window that is full after ten minutes, of which three are in memory */
const dvrWindowSeconds = 600;
const sampleEverySeconds = hours * 60;
/** The window is full, and V8 has compiled what is hot. */
const settledSeconds = hours * 900;
/**
 * What may be added in an hour of media, in bytes: of a recording that is being written its index is kept, a line for each
 * segment of each rendition, and nothing else.
 */
const growthBytesMax = 4 * 1024 * 1024;
const stepMs = 25;
/** A viewer looks so often; it is as good as all the time for what is held for it. */
const watchEveryMs = 200;
/** What may wait for the disk, in seconds of media: a machine that is too slow for the speed is waited for. */
const unstoredSecondsMax = 30;

type Sample = { mediaSeconds: number; heapBytes: number; rssBytes: number; heldBytes: number; listed: number };

const video: VideoRendition = {
  ...{ kind: 'video', id: '90p', width: 160, height: 90, bitrate: 200_000 },
  frameRate: { numerator: 30, denominator: 1 },
};
const streamId = newId('stream');
const startedAtMs = Date.now();
/** Runs ahead as fast as the media. */
const clock = { nowMs: () => startedAtMs + (Date.now() - startedAtMs) * speed };
const dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-long-run-'));
const logger = createLogger({ level: 'warn' });
const recordings = await Recordings.open({ folder: join(dataDirectory, 'recordings') });
let restarts = 0;
const ports: StreamPorts = {
  ...{ clock, logger, recordings, dataDirectory, sprites: new SpriteMaker(), disk: { takesRecordings: true } },
  ...{ abilities: { aacEncoder: 'aac', codecs: [] }, ffprobePath: 'ffprobe', encoderStallMs: 0 },
  ...{ windowBytesMax: 64 * 1024 * 1024, uriPrefix: 'long' },
  meter: {
    partPublished: () => {},
    encoderRestarted: () => {
      restarts += 1;
    },
  },
  journalLeft: () => {},
  journalTaken: () => Promise.resolve(),
  streamOver: async () => {},
  refusePublisher: () => {},
  changed: () => {},
};

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function sampleOf(output: StreamOutput, mediaSeconds: number): Sample {
  collectGarbage();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const listed = output.window(video.id)?.snapshot().segments.length ?? 0;
  return { mediaSeconds, heapBytes: heapUsed + arrayBuffers, rssBytes: rss, heldBytes: output.heldBytes, listed };
}

const ask = async (server: OriginServer, path: string) => await server.ask(`/stream/${streamId}/${path}`);

/** A viewer: blocking reloads for the very next part, and that part. @returns how many parts it had */
async function watch(server: OriginServer, output: StreamOutput, id: string, isOver: () => boolean): Promise<number> {
  let parts = 0;
  while (!isOver()) {
    await sleep(watchEveryMs);
    const { nextPart } = output.window(id)?.snapshot() ?? {};
    if (nextPart === undefined) {
      continue;
    }
    const { mediaSequence, partIndex, uri } = nextPart;
    try {
      const playlist = await ask(server, `${id}/media.m3u8?_HLS_msn=${mediaSequence}&_HLS_part=${partIndex}`);
      const part = await ask(server, `${id}/${uri}`);
      parts += playlist.status === 200 && part.status === 200 ? 1 : 0;
    } catch {
      // A machine that stood still for some seconds closes connections that were kept; a viewer asks again.
    }
  }
  return parts;
}

/** Bytes added per hour of media, by the line of least squares through the samples. */
function growthPerHour(samples: readonly Sample[], figure: 'heapBytes' | 'rssBytes' | 'heldBytes'): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, each) => sum + of(each), 0) / samples.length;
  const [meanX, meanY] = [mean(({ mediaSeconds }) => mediaSeconds), mean((each) => each[figure])];
  const slope =
    mean((each) => (each.mediaSeconds - meanX) * (each[figure] - meanY)) /
    mean(({ mediaSeconds }) => (mediaSeconds - meanX) ** 2);
  return slope * 3600;
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

const loop = await LoopedFragments.encode(video, [stereoAudio, commentaryAudio]);
let storedSeconds = 0;
const output = new StreamOutput(streamId, ports, logger);
const stream: PlayableStream = {
  ...{ streamId, epoch: 1, visibility: 'public', state: 'live' },
  renditions: loop.inits.map(({ rendition }) => rendition.id),
  window: (id) => output.window(id),
  takes: () => recordings.takesOf(streamId),
  takeFile: (takeId, id) => recordings.takeFile(streamId, takeId, id),
};
const server = await OriginServer.start([stream], { clock });
await output.sourceBegins();
const timeline = new Timeline({
  firstSampleEventTimeMs: clock.nowMs(),
  outputTsOffsetSeconds: leastOutputOffsetSeconds,
});
const packager = await output.begin(
  { plan: loop.plan, timeline, startSeconds: undefined },
  {
    ...{ streamId, recorderSession: newId('recorderSession') },
    release: (containerMs) => {
      storedSeconds = containerMs / 1000;
    },
  },
  {
    ...{ streamId, epoch: 1, action: 'run', kind: 'video', profile: 'balanced', record: true, visibility: 'public' },
    ...{ streamKeyHash: null, dvrWindowSeconds, graceSeconds: 120 },
  },
);
for (const { rendition, init } of loop.inits) {
  packager.pushInit(rendition.id, init);
}
let isOver = false;
const viewers = stream.renditions.map((id) => watch(server, output, id, () => isOver));
const samples: Sample[] = [];
const beganAtMs = Date.now();
let doneSeconds = 0;
process.stdout.write(
  '| media | heap and buffers | resident | live windows | segments listed |\n|---|---|---|---|---|\n',
);
while (doneSeconds < hours * 3600) {
  const dueSeconds = ((Date.now() - beganAtMs) * speed) / 1000;
  // Not more at a time than an origin could hand on.
  const toSeconds = Math.min(dueSeconds, doneSeconds + 2, storedSeconds + unstoredSecondsMax, hours * 3600);
  for (const { rendition, fragment } of loop.between(doneSeconds, toSeconds)) {
    packager.pushFragment(rendition.id, fragment);
  }
  doneSeconds = toSeconds;
  if (doneSeconds >= (samples.length + 1) * sampleEverySeconds) {
    const sample = sampleOf(output, doneSeconds);
    samples.push(sample);
    const sizes = [sample.heapBytes, sample.rssBytes, sample.heldBytes].map((bytes) => `${mebibytes(bytes)} MiB`);
    process.stdout.write(`| ${[`${(doneSeconds / 60).toFixed(0)} min`, ...sizes, sample.listed].join(' | ')} |\n`);
  }
  await sleep(dueSeconds > doneSeconds + 2 && doneSeconds - storedSeconds < unstoredSecondsMax ? 0 : stepMs);
}
packager.finishSession();
await output.recording.finish();
output.end();
isOver = true;
const watched = await Promise.all(viewers);
const reachedSpeed = (doneSeconds * 1000) / (Date.now() - beganAtMs);
const takes = await recordings.takesOf(streamId);
const recordedSeconds = takes
  .flatMap(({ segments }) => segments.filter(({ renditionId }) => renditionId === video.id))
  .reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);

const settled = samples.filter(({ mediaSeconds }) => mediaSeconds > settledSeconds);
const [heap, resident, held] = (['heapBytes', 'rssBytes', 'heldBytes'] as const).map((each) =>
  growthPerHour(settled, each),
);
const isFlat = (heap ?? Number.NaN) < growthBytesMax && (held ?? Number.NaN) < growthBytesMax / 4;
const isRecorded = Math.abs(recordedSeconds - hours * 3600) < 1;
const grown = [heap, resident, held].map((bytes = Number.NaN) => mebibytes(bytes));
process.stdout.write(`
- ${hours} h of media at ${reachedSpeed.toFixed(1)} times their speed; ${recordedSeconds.toFixed(1)} s recorded in ${takes.length} take(s)
- added in an hour of media, from ${(settledSeconds / 60).toFixed(0)} min on: heap and buffers ${grown[0]} MiB, resident ${grown[1]} MiB, live windows ${grown[2]} MiB
- parts that the viewers of ${stream.renditions.join(', ')} were given: ${watched.join(', ')}; faults of the origin: ${server.errors.length}
`);
await server[Symbol.asyncDispose]();
await output[Symbol.asyncDispose]();
await rm(dataDirectory, { recursive: true, force: true });
process.exitCode = isFlat && isRecorded && restarts === 0 && server.errors.length === 0 ? 0 : 1;
