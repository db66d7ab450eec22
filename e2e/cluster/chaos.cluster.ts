import { Cluster, type OnAir } from './cluster';
import { LiveEdgeWatch, longestMissingMs } from './live-edge-watch';
import { PacedRecorder } from './paced-recorder';

/**
 * The long proof of a fleet (`npm run test:cluster`): one live stream is driven from node to node, again and again, by nodes
 * that are killed, frozen (as a partition: nobody hears of them and their connections stay open) and told to stop. Prints how
 * long fans saw nothing new, and exits 1 when a figure is past its limit.
 */
const limits = { silenceP95Ms: 6000, missingMs: 80, nodesAtOnce: 1 };
const rounds = Number(process.argv[2] ?? 8);
const patienceMs = 90_000;

/** While the web is away nothing may be noticed, so it counts apart from the silences of a fail-over. */
const webAwaySeconds = 60;
const webAwaySilenceMsMax = 2000;

type Blow = 'kill -9' | 'partition' | 'SIGTERM';
const blows: readonly Blow[] = ['kill -9', 'SIGTERM', 'partition'];

const say = (line: string) => process.stdout.write(`${line}\n`);

async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) {
      throw new Error(`within ${patienceMs / 1000} s it did not come to this: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function strike(cluster: Cluster, watch: LiveEdgeWatch, blow: Blow): Promise<number> {
  const node = cluster.nodeAt(watch.playlistUrl);
  const start = watch.edgeMs;
  await until('media flows', () => watch.edgeMs > start + 4000);
  watch.takeLongestSilenceMs();
  const isElsewhere = () => !watch.playlistUrl.startsWith(node.publicUrl);
  const struckAt = watch.edgeMs;
  const follows = until(`fans follow after ${blow}`, () => isElsewhere() && watch.edgeMs > struckAt + 1000);
  if (blow === 'kill -9') {
    await node.kill();
  } else if (blow === 'partition') {
    node.freeze();
  }
  const left = blow === 'SIGTERM' ? node.stop() : Promise.resolve(null);
  await follows;
  const silenceMs = watch.takeLongestSilenceMs();
  await left;
  if (blow === 'partition') {
    node.thaw();
  } else {
    await node.start();
  }
  return silenceMs;
}

/** @returns how long fans saw nothing new while no node and no publisher could reach the web */
async function withoutWeb({ web }: Cluster, watch: LiveEdgeWatch): Promise<number> {
  watch.takeLongestSilenceMs();
  const before = watch.edgeMs;
  web.goAway();
  await until('the stream goes on without the web', () => watch.edgeMs > before + webAwaySeconds * 1000);
  web.comeBack();
  return watch.takeLongestSilenceMs();
}

async function recordingOf(cluster: Cluster, { streamId }: OnAir): Promise<string> {
  const home = new URL((await cluster.playbackUrl(streamId)) ?? '').origin;
  return await (await fetch(`${home}/stream/${streamId}/90p/recording.m3u8`)).text();
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

const recorder = new PacedRecorder(300);
const cluster = await Cluster.start(3);
try {
  const air = await cluster.goLive(recorder);
  using watch = new LiveEdgeWatch(() => cluster.playbackUrl(air.streamId));
  await until('the stream is live', () => watch.edgeMs > 0);
  const silences: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const blow = blows[round % blows.length] ?? 'kill -9';
    const silenceMs = await strike(cluster, watch, blow);
    say(`  ${String(round + 1).padStart(3)}  ${blow.padEnd(10)} nothing new for ${(silenceMs / 1000).toFixed(2)} s`);
    silences.push(silenceMs);
  }
  const webAwaySilenceMs = await withoutWeb(cluster, watch);
  const { acknowledged, nodesAtOnceMax } = air.lines;
  await air.publisher.end(20_000);
  await cluster.end(air.streamId);
  let missingMs = Number.POSITIVE_INFINITY;
  await until('nothing acknowledged is missing', async () => {
    missingMs = longestMissingMs(await recordingOf(cluster, air), acknowledged);
    return missingMs <= limits.missingMs;
  }).catch((error: Error) => say(`  ${error.message}`));
  const silenceP95Ms = percentile(
    silences.toSorted((a, b) => a - b),
    0.95,
  );
  say(`  fans saw nothing new: p95 ${(silenceP95Ms / 1000).toFixed(2)} s (limit ${limits.silenceP95Ms / 1000} s)`);
  const awayWords = `nothing new for at most ${(webAwaySilenceMs / 1000).toFixed(2)} s`;
  say(`  the web away for ${webAwaySeconds} s: ${awayWords} (limit ${webAwaySilenceMsMax / 1000} s)`);
  say(`  nodes that had the publisher at once: ${nodesAtOnceMax} (limit ${limits.nodesAtOnce})`);
  say(`  longest stretch acknowledged and missing: ${Math.round(missingMs)} ms (limit ${limits.missingMs} ms)`);
  const isGood =
    silenceP95Ms <= limits.silenceP95Ms &&
    webAwaySilenceMs <= webAwaySilenceMsMax &&
    missingMs <= limits.missingMs &&
    nodesAtOnceMax <= limits.nodesAtOnce;
  process.exitCode = isGood ? 0 : 1;
} finally {
  await cluster[Symbol.asyncDispose]();
}
process.exit();
