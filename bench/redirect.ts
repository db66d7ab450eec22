import http from 'node:http';
import type { Bench } from './bench-row';
import { openLoop } from './measures/open-loop';
import { percentile } from './measures/percentiles';
import { bareServerName, startBesideBareServer } from './product/beside-bare-server';
import { Resources } from './resources';

const perSecond = 100;
const requests = 1500;
const warmUp = 500;

/** How long the web takes to lead a player from `/stream/:id/…` to the stream's node. */
export const bench: Bench = {
  name: 'redirect',
  async run({ say }) {
    await using resources = new Resources();
    const { baseUrl, bareUrl, streamId } = await startBesideBareServer(resources);
    const agent = new http.Agent({ keepAlive: true });
    const redirect = () => statusOf(`${baseUrl}/stream/${streamId}/index.m3u8`, agent, 302);
    const bare = () => statusOf(`${bareUrl}/api/stream/${streamId}/`, agent, 200);
    say('warming up');
    for (const ask of [redirect, bare]) {
      await openLoop({ count: warmUp, perSecond }, ask);
    }
    say(`${requests} redirects`);
    const ours = await openLoop({ count: requests, perSecond }, redirect);
    say('the bare server');
    const baseline = await openLoop({ count: requests, perSecond }, bare);
    agent.destroy();
    const row = (name: string, share: number) => ({
      figure: `GET /stream/:id/index.m3u8 to its redirect, ${name}`,
      unit: 'ms',
      ours: percentile(ours, share),
      baseline: percentile(baseline, share),
      baselineName: bareServerName,
    });
    return {
      rows: [row('p50', 0.5), { ...row('p99', 0.99), limit: 5 }],
      notes: [`${perSecond} requests a second on kept connections, each begun at its time.`],
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
