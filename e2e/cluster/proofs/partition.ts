import { Cluster } from '../cluster';
import { LiveEdgeWatch } from '../live-edge-watch';
import { NetworkNamespace } from '../network-namespace';
import type { NodeProcess } from '../node-process';
import { PacedRecorder } from '../paced-recorder';
import { after, type Figure, type Proof, until } from './proof';
import { nothingIsMissing } from './recorded';

const rounds = 3;
const sampleMs = 300;

function isHindered(): string | null {
  try {
    NetworkNamespace.create(63)[Symbol.dispose]();
    return null;
  } catch (error) {
    return `network namespaces cannot be made here: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
}

/**
 * Asks every node, on its own side of the cut, whether media arrived since the last look, for as long as one of them is
 * apart: not that one and another at once. A node that is back takes the rest of its old session meanwhile, as it should.
 */
class IngestWatch implements AsyncDisposable {
  atOnceMax = 0;
  #apart: NodeProcess | null = null;
  #isOver = false;
  readonly #sampling: Promise<void>;

  constructor(nodes: readonly NodeProcess[]) {
    this.#sampling = this.#sample(nodes);
  }

  /** The node that is cut off from all others. */
  set apart(apart: NodeProcess | null) {
    this.#apart = apart;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#sampling;
  }

  async #sample(nodes: readonly NodeProcess[]): Promise<void> {
    const look = () => Promise.all(nodes.map((node) => node.ingestedBytes()));
    let apartBefore: NodeProcess | null = null;
    let before = await look();
    while (!this.#isOver) {
      await after(sampleMs);
      const apart = this.#apart;
      const now = await look();
      const taking = nodes.filter((_, index) => (now[index] ?? 0) > (before[index] ?? 0) && (before[index] ?? 0) > 0);
      if (apart !== null && apartBefore === apart && this.#apart === apart) {
        const sides = new Set(taking.map((node) => (node === apart ? 'apart' : 'together')));
        this.atOnceMax = Math.max(this.atOnceMax, sides.size);
      }
      apartBefore = apart;
      before = now;
    }
  }
}

async function run(say: (line: string) => void): Promise<Figure[]> {
  const recorder = new PacedRecorder(120);
  using first = NetworkNamespace.create(0);
  using second = NetworkNamespace.create(1);
  using third = NetworkNamespace.create(2);
  const networks = [first, second, third];
  await using cluster = await Cluster.start(3, { networks });
  const air = await cluster.goLive(recorder);
  using watch = new LiveEdgeWatch(() => cluster.playbackUrl(air.streamId));
  await until('the stream is live', () => watch.edgeMs > 0);
  await using ingest = new IngestWatch(cluster.nodes);
  let longestMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const node = cluster.nodeAt(watch.playlistUrl);
    const network = networks[cluster.nodes.indexOf(node)];
    const start = watch.edgeMs;
    await until('media flows', () => watch.edgeMs > start + 4000);
    watch.takeLongestSilenceMs();
    const struckAt = watch.edgeMs;
    network?.cut();
    ingest.apart = node;
    const isElsewhere = () => !watch.playlistUrl.startsWith(node.publicUrl);
    await until('fans follow', () => isElsewhere() && watch.edgeMs > struckAt + 1000);
    const silenceMs = watch.takeLongestSilenceMs();
    longestMs = Math.max(longestMs, silenceMs);
    say(`${String(round + 1).padStart(3)}  nothing new for ${(silenceMs / 1000).toFixed(2)} s`);
    // Both sides go on for a while, each as it sees things.
    const apart = watch.edgeMs;
    await until('the stream goes on while its former node is apart', () => watch.edgeMs > apart + 6000);
    ingest.apart = null;
    network?.heal();
    await until('the node is heard of again', async () => (await fetch(`${node.publicUrl}/readyz`)).ok);
  }
  return [
    { what: 'fans saw nothing new, longest', value: longestMs, limit: 6000, unit: 'ms' },
    {
      what: 'nodes that had the publisher at once, by the publisher',
      value: air.lines.nodesAtOnceMax,
      limit: 1,
      unit: '',
    },
    { what: 'sides of the cut that took its media at once, by the nodes', value: ingest.atOnceMax, limit: 1, unit: '' },
    await nothingIsMissing(cluster, air),
  ];
}

export const partition: Proof = {
  name: 'partition',
  what: 'the cable of the node that has the stream is pulled (network namespaces)',
  isHindered,
  run,
};
