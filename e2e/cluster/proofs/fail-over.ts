import { Cluster } from '../cluster';
import { LiveEdgeWatch } from '../live-edge-watch';
import { PacedRecorder } from '../paced-recorder';
import { type Figure, type Proof, percentile, until } from './proof';
import { nothingIsMissing } from './recorded';

const rounds = 8;
type Blow = 'kill -9' | 'freeze' | 'SIGTERM';
const blows: readonly Blow[] = ['kill -9', 'SIGTERM', 'freeze'];

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
  } else if (blow === 'freeze') {
    node.freeze();
  }
  const left = blow === 'SIGTERM' ? node.stop() : Promise.resolve(null);
  await follows;
  const silenceMs = watch.takeLongestSilenceMs();
  await left;
  if (blow === 'freeze') {
    node.thaw();
  } else {
    await node.start();
  }
  return silenceMs;
}

async function run(say: (line: string) => void): Promise<Figure[]> {
  const recorder = new PacedRecorder(180);
  await using cluster = await Cluster.start(3);
  const air = await cluster.goLive(recorder);
  using watch = new LiveEdgeWatch(() => cluster.playbackUrl(air.streamId));
  await until('the stream is live', () => watch.edgeMs > 0);
  const silences: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const blow = blows[round % blows.length] ?? 'kill -9';
    const silenceMs = await strike(cluster, watch, blow);
    say(`${String(round + 1).padStart(3)}  ${blow.padEnd(8)} nothing new for ${(silenceMs / 1000).toFixed(2)} s`);
    silences.push(silenceMs);
  }
  return [
    { what: 'fans saw nothing new, p95', value: percentile(silences, 0.95), limit: 6000, unit: 'ms' },
    { what: 'nodes that had the publisher at once', value: air.lines.nodesAtOnceMax, limit: 1, unit: '' },
    await nothingIsMissing(cluster, air),
  ];
}

export const failOver: Proof = {
  name: 'fail-over',
  what: 'a stream is driven from node to node by nodes that are killed, frozen and told to stop',
  run,
};
