import type { Balancer } from '../balancer';
import { Cluster } from '../cluster';
import { LiveEdgeWatch } from '../live-edge-watch';
import { PacedRecorder } from '../paced-recorder';
import { type Figure, type Proof, until } from './proof';
import { nothingIsMissing } from './recorded';

const awaySeconds = 60;

type Outage = { what: string; of: (cluster: Cluster) => Balancer; begin: (balancer: Balancer) => void };
const outages: readonly Outage[] = [
  { what: 'the web is gone', of: ({ web }) => web, begin: (web) => web.goAway() },
  { what: 'the web stands still', of: ({ web }) => web, begin: (web) => web.freeze() },
  { what: 'Postgres is gone', of: ({ postgres }) => postgres, begin: (postgres) => postgres.goAway() },
  { what: 'Postgres stands still', of: ({ postgres }) => postgres, begin: (postgres) => postgres.freeze() },
];

async function run(say: (line: string) => void): Promise<Figure[]> {
  const recorder = new PacedRecorder(420);
  await using cluster = await Cluster.start(2);
  const air = await cluster.goLive(recorder);
  using watch = new LiveEdgeWatch(() => cluster.playbackUrl(air.streamId));
  await until('the stream is live', () => watch.edgeMs > 0);
  const figures: Figure[] = [];
  for (const { what, of, begin } of outages) {
    watch.takeLongestSilenceMs();
    const before = watch.edgeMs;
    begin(of(cluster));
    await until(`the stream goes on while ${what}`, () => watch.edgeMs > before + awaySeconds * 1000);
    of(cluster).comeBack();
    const value = watch.takeLongestSilenceMs();
    say(`${what} for ${awaySeconds} s: nothing new for at most ${(value / 1000).toFixed(2)} s`);
    figures.push({ what: `${what}: fans saw nothing new`, value, limit: 2000, unit: 'ms' });
    const recoveredAtMs = Date.now();
    await until('a new stream can be made', () => cluster.canMakeStream());
    say(`new streams again after ${((Date.now() - recoveredAtMs) / 1000).toFixed(1)} s`);
  }
  figures.push({ what: 'recorder sessions of the publisher', value: air.captured.length, limit: 1, unit: '' });
  figures.push(await nothingIsMissing(cluster, air));
  return figures;
}

export const outagesProof: Proof = {
  name: 'outages',
  what: `the web, and Postgres, gone and standing still for ${awaySeconds} s each`,
  run,
};
