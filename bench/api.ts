import type { Bench } from './bench-row';
import { closedLoop } from './measures/closed-loop';
import { percentile } from './measures/percentiles';
import { bareServerName as baselineName, startBesideBareServer } from './product/beside-bare-server';
import { Resources } from './resources';

const connections = 16;
const warmUpSeconds = 5;
const roundSeconds = 5;
const rounds = 4;

/** What the product's own HTTP API costs beside a bare server that answers the same bytes from the same database. */
export const bench: Bench = {
  name: 'api',
  async run({ say }) {
    await using resources = new Resources();
    const { baseUrl, bareUrl, streamId } = await startBesideBareServer(resources);
    const path = `/api/stream/${streamId}/`;
    const targets = { ours: `${baseUrl}${path}`, baseline: `${bareUrl}${path}` };
    await requireSameAnswer(targets);
    const measured = { ours: newTally(), baseline: newTally() };
    const names = ['ours', 'baseline'] as const;
    for (const name of names) {
      say(`warming up ${name}`);
      await closedLoop(targets[name], { connections, seconds: warmUpSeconds });
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of names) {
        say(`round ${round} of ${rounds}, ${name}`);
        const { requestsPerSecond, latenciesMs } = await closedLoop(targets[name], {
          connections,
          seconds: roundSeconds,
        });
        measured[name].rates.push(requestsPerSecond);
        measured[name].latenciesMs.push(...latenciesMs);
      }
    }
    const { ours, baseline } = measured;
    const latency = (share: number) => ({
      unit: 'ms',
      ours: percentile(ours.latenciesMs, share),
      baseline: percentile(baseline.latenciesMs, share),
      baselineName,
    });
    return {
      rows: [
        {
          figure: 'GET /api/stream/:id/',
          unit: 'requests/s',
          ours: Math.round(mean(ours.rates)),
          baseline: Math.round(mean(baseline.rates)),
          baselineName,
          ratioLimit: 0.5,
          higherIsBetter: true,
        },
        { figure: 'GET /api/stream/:id/, p50', ...latency(0.5) },
        { figure: 'GET /api/stream/:id/, p99', ...latency(0.99) },
      ],
      notes: [
        `${connections} kept connections, each asking again as soon as it has its answer; ${rounds} rounds of ${roundSeconds} s each, in turn. The same client for both, on the same two cores.`,
        `requests/s by round: ${roundsOf(ours)}; baseline ${roundsOf(baseline)}`,
      ],
    };
  },
};

type Tally = { rates: number[]; latenciesMs: number[] };

const newTally = (): Tally => ({ rates: [], latenciesMs: [] });
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const roundsOf = ({ rates }: Tally) => rates.map((rate) => rate.toFixed(0)).join(', ');

async function requireSameAnswer({ ours, baseline }: { ours: string; baseline: string }): Promise<void> {
  const [one, other] = await Promise.all([ours, baseline].map(async (url) => await (await fetch(url)).text()));
  if (one !== other) {
    throw new Error(`the two do not answer the same:\n${one}\n${other}`);
  }
}
