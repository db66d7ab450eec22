import http from 'node:http';
import type { Bench } from './bench-row';
import { openLoop } from './measures/open-loop';
import { percentile } from './measures/percentiles';
import { bareServerName, startBesideBareServer } from './product/beside-bare-server';
import { Resources } from './resources';

const perSecond = 100;
/** In turn, so that what else the machine does meets all alike. */
const rounds = 3;
const requestsPerRound = 500;
const warmUp = 300;

/** How long the web takes to lead a player from `/stream/:id/…` to the stream's node. */
export const bench: Bench = {
  name: 'redirect',
  async run({ say }) {
    await using resources = new Resources();
    const { baseUrl, bareUrl, streamId } = await startBesideBareServer(resources);
    const agent = new http.Agent({ keepAlive: true });
    const redirect = () => statusOf(`${baseUrl}/stream/${streamId}/index.m3u8`, agent, 302);
    const bare = () => statusOf(`${bareUrl}/api/stream/${streamId}/`, agent, 200);
    const nothing = () => statusOf(`${bareUrl}/nothing`, agent, 302);
    const series = [redirect, bare, nothing].map((ask) => ({ ask, times: [] as number[] }));
    say('warming up');
    for (const { ask } of series) {
      await openLoop({ count: warmUp, perSecond }, ask);
    }
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const { ask, times } of series) {
        times.push(...(await openLoop({ count: requestsPerRound, perSecond }, ask)));
      }
    }
    agent.destroy();
    const [ours = [], baseline = [], floor = []] = series.map(({ times }) => times);
    const row = (name: string, share: number) => ({
      figure: `GET /stream/:id/index.m3u8 to its redirect, ${name}`,
      unit: 'ms',
      ours: percentile(ours, share),
      baseline: percentile(baseline, share),
      baselineName: bareServerName,
    });
    return {
      rows: [row('p50', 0.5), { ...row('p99', 0.99), limit: 5 }],
      notes: [
        `${perSecond} requests a second on kept connections, each begun at its time; ${rounds} rounds of ${requestsPerRound}, in turn.`,
        `The same client and pace against a server that answers at once, without a query: p50 ${percentile(floor, 0.5).toFixed(2)}, p99 ${percentile(floor, 0.99).toFixed(2)} ms. So much of both figures is the client and the machine.`,
      ],
    };
  },
};

async function statusOf(url: string, agent: http.Agent, wanted: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === wanted) {
          resolve();
        } else {
          reject(new Error(`${url} answered ${response.statusCode}`));
        }
      });
    });
    request.on('error', reject);
  });
}
