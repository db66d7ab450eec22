import { Cluster } from '../cluster';
import { LiveEdgeWatch } from '../live-edge-watch';
import { PacedRecorder } from '../paced-recorder';
import { RebufferCount } from '../rebuffer-count';
import { type Figure, type Proof, until } from './proof';
import { nothingIsMissing } from './recorded';

const streamCount = 5;

async function run(say: (line: string) => void): Promise<Figure[]> {
  const recorder = new PacedRecorder(180);
  await using cluster = await Cluster.start(3);
  const watches: LiveEdgeWatch[] = [];
  try {
    const airs = [];
    for (let index = 0; index < streamCount; index += 1) {
      const air = await cluster.goLive(recorder);
      watches.push(new LiveEdgeWatch(() => cluster.playbackUrl(air.streamId)));
      airs.push(air);
    }
    await until('all streams are live', () => watches.every(({ edgeMs }) => edgeMs > 0));
    const viewers = watches.map((watch) => new RebufferCount(() => watch.edgeMs));
    await until('all viewers play', () => viewers.every(({ playedMs }) => playedMs > 3000));
    for (const [index, node] of cluster.nodes.entries()) {
      const streams = watches.filter(({ playlistUrl }) => playlistUrl.startsWith(node.publicUrl)).length;
      await node.stop();
      await node.start();
      const edges = watches.map(({ edgeMs }) => edgeMs);
      await until('all streams go on', () => watches.every(({ edgeMs }, at) => edgeMs > (edges[at] ?? 0) + 5000));
      say(
        `node ${index + 1}, which had ${streams}: viewers have rebuffered ${viewers.map(({ count }) => count).join(' ')}`,
      );
    }
    const rebuffers = viewers.map(({ count }) => count);
    for (const viewer of viewers) {
      viewer[Symbol.dispose]();
    }
    const figures: Figure[] = [
      { what: 'rebuffers of one viewer, most', value: Math.max(...rebuffers), limit: 1, unit: '' },
      {
        what: 'nodes that had one publisher at once',
        value: Math.max(...airs.map(({ lines }) => lines.nodesAtOnceMax)),
        limit: 1,
        unit: '',
      },
    ];
    for (const air of airs) {
      figures.push(await nothingIsMissing(cluster, air));
    }
    return figures;
  } finally {
    for (const watch of watches) {
      watch[Symbol.dispose]();
    }
  }
}

export const rollingRestart: Proof = {
  name: 'rolling-restart',
  what: `three nodes are restarted one after the other under ${streamCount} live streams`,
  run,
};
