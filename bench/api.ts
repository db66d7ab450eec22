import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../db/embedded';
import { ZyzzServer } from '../e2e/fixtures/zyzz-server';
import type { Bench } from './bench-row';
import { closedLoop } from './measures/closed-loop';
import { percentile } from './measures/percentiles';
import { Resources } from './resources';

const connections = 16;
const warmUpSeconds = 5;
const roundSeconds = 5;
const rounds = 4;
const operatorToken = 'operator-token-of-the-benchmark';
const baselineName = 'bare http server, one prepared query';

/** What the product's own HTTP API costs beside a bare server that answers the same bytes from the same database. */
export const bench: Bench = {
  name: 'api',
  async run({ say }) {
    await using resources = new Resources();
    const databaseUrl = await startDatabase(resources);
    const environment = {
      DATABASE_URL: databaseUrl,
      ZYZZ_OPERATOR_TOKEN: operatorToken,
      ZYZZ_API_REQUESTS_PER_MINUTE: '100000000',
    };
    const { baseUrl } = resources.use(await ZyzzServer.start({ environment }));
    const path = `/api/stream/${await makeStream(baseUrl)}/`;
    const targets = { ours: `${baseUrl}${path}`, baseline: `${await startBaseline(resources, databaseUrl)}${path}` };
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

async function startDatabase(resources: Resources): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zyzz-bench-'));
  const { url, stop } = await startEmbeddedPostgres({ dataDir });
  resources.use({
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
  return url;
}

async function startBaseline(resources: Resources, databaseUrl: string): Promise<string> {
  const program = join(import.meta.dirname, 'baseline', 'bare-stream-server.ts');
  const child = fork(program, [], { execArgv: ['--import', 'tsx'], detached: true });
  resources.use({ [Symbol.asyncDispose]: async () => await end(child) });
  // Not as an argument: the URL has the database's password.
  child.send(databaseUrl);
  const [port] = await once(child, 'message');
  return `http://127.0.0.1:${port}`;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A user, a token, an event and a stream, all by the API itself. @returns the stream's id */
async function makeStream(baseUrl: string): Promise<string> {
  const post = async (path: string, token: string, body: unknown) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { error, data } = (await response.json()) as { error: string; data: { id: string; token: string } };
    if (error !== '') {
      throw new Error(`POST ${path}: ${error}`);
    }
    return data;
  };
  const user = await post('/api/user/', operatorToken, { name: 'Asha Tamang' });
  const { token } = await post(`/api/user/${user.id}/tokens/`, operatorToken, { name: 'bench' });
  const event = await post('/api/event/', token, { name: 'Kathmandu against Pokhara' });
  const stream = await post('/api/stream/', token, { name: 'From the stand', kind: 'audio', event_id: event.id });
  return stream.id;
}

async function requireSameAnswer({ ours, baseline }: { ours: string; baseline: string }): Promise<void> {
  const [one, other] = await Promise.all([ours, baseline].map(async (url) => await (await fetch(url)).text()));
  if (one !== other) {
    throw new Error(`the two do not answer the same:\n${one}\n${other}`);
  }
}
