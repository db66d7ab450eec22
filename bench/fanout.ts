import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LatencyProfile } from '../stream-node/contract/profiles';
import { BarePartServer } from './baseline/bare-part-server';
import { Nginx } from './baseline/nginx';
import type { Bench, BenchRow } from './bench-row';
import { BlockingViewers } from './measures/blocking-viewers';
import { percentile } from './measures/percentiles';
import { cpuMsOf } from './measures/process-cost';
import { repeatRequests } from './measures/repeated-requests';
import { MeasuredOrigin, type OriginOfParts } from './product/measured-origin';

const warmUpMs = 5000;
const seconds = 15;

type Crowd = {
  viewers: number;
  profile: LatencyProfile;
  partMs: number;
  /** of a part's length, that the slowest hundredth of the parts may take to the client */
  shareOfPart?: number;
  cpuLimitMs: number;
};

const crowds: Crowd[] = [
  { viewers: 500, profile: 'balanced', partMs: 342, shareOfPart: 0.25, cpuLimitMs: 0.45 },
  { viewers: 1000, profile: 'balanced', partMs: 342, shareOfPart: 0.5, cpuLimitMs: 0.45 },
  { viewers: 500, profile: 'lowest-latency', partMs: 214, cpuLimitMs: 0.75 },
];
/** 700 kbit/s of picture and 128 kbit/s of sound. */
const sizesOf: Record<LatencyProfile, OriginOfParts> = {
  balanced: { profile: 'balanced', videoPartBytes: 29_000, audioPartBytes: 5400 },
  'lowest-latency': { profile: 'lowest-latency', videoPartBytes: 17_500, audioPartBytes: 3400 },
};
/** Sixty kilobytes divide what costs by the request from what costs by the byte. */
const partSizes = [
  { bytes: 29_000, words: '29 KB', ratioLimit: 2 },
  { bytes: 300_000, words: '300 KB', ratioLimit: 1.2 },
];
const nginxName = 'nginx, one process, the same bytes as files';

/** How an origin serves crowds: blocking clients of picture and sound, and what a part costs beside nginx. */
export const bench: Bench = {
  name: 'fanout',
  async run({ say }) {
    const rows: BenchRow[] = [];
    const notes: string[] = [];
    for (const crowd of crowds) {
      say(`${crowd.viewers} viewers, ${crowd.profile}`);
      const found = await watch(crowd);
      rows.push(...rowsOf(crowd, found));
      notes.push(noteOf(crowd, found));
    }
    for (const { bytes, words, ratioLimit } of partSizes) {
      say(`parts of ${words}, one after another, and nginx`);
      const { ours, baseline, bare } = await costOfParts(bytes);
      notes.push(
        `A part of ${words} from a bare http server of Node, which does nothing else: ${(bare * 1000).toFixed(0)} µs, ${(bare / baseline).toFixed(2)} × nginx.`,
      );
      rows.push({
        ...{ figure: `CPU for a part of ${words}`, unit: 'ms', ours, baseline, baselineName: nginxName, ratioLimit },
      });
    }
    notes.push(
      'Clients, origin and nginx share the two cores; HTTP/1.1 without TLS. A viewer asks for the picture and for the sound, each as a delta that is held and then as the part; the parts of the two are not published at the same moments.',
      'A part that was overtaken (a later one was there by the time the playlist came) counts as late.',
    );
    return { rows, notes };
  },
};

type Found = {
  delaysMs: number[];
  overtakenParts: number;
  faults: Map<string, number>;
  cpuMs: number;
  clientCpuMs: number;
  seconds: number;
};

async function watch({ viewers, profile }: Crowd): Promise<Found> {
  await using origin = await MeasuredOrigin.start(sizesOf[profile]);
  using clients = new BlockingViewers({ ...origin.address, tracks: ['360p', 'audio128'], viewers });
  await wait(warmUpMs);
  clients.take();
  const before = { originMs: await origin.cpuMs(), client: process.cpuUsage(), atMs: performance.now() };
  await wait(seconds * 1000);
  const found = clients.take();
  const client = process.cpuUsage(before.client);
  return {
    ...found,
    seconds: (performance.now() - before.atMs) / 1000,
    cpuMs: (await origin.cpuMs()) - before.originMs,
    clientCpuMs: (client.user + client.system) / 1000,
  };
}

function rowsOf({ viewers, profile, partMs, shareOfPart, cpuLimitMs }: Crowd, found: Found): BenchRow[] {
  const name = `${viewers} viewers, ${profile}`;
  const { delaysMs, overtakenParts, faults } = found;
  const onTime = delaysMs.filter((delayMs) => delayMs <= partMs).length / (delaysMs.length + overtakenParts);
  const p99: BenchRow = { figure: `${name}: publication to client, p99`, unit: 'ms', ours: percentile(delaysMs, 0.99) };
  return [
    shareOfPart === undefined ? p99 : { ...p99, limit: shareOfPart * partMs },
    {
      ...{ figure: `${name}: parts that came within their own length`, unit: '%', ours: onTime * 100 },
      ...{ limit: 99.5, higherIsBetter: true },
    },
    { figure: `${name}: faults`, unit: '', ours: sum(faults), limit: 0 },
    {
      ...{ figure: `${name}: CPU of the origin per viewer and second`, unit: 'ms' },
      ...{ ours: found.cpuMs / viewers / found.seconds, limit: cpuLimitMs },
    },
  ];
}

function noteOf({ viewers, profile }: Crowd, { delaysMs, overtakenParts, faults, ...found }: Found): string {
  const delays = [0.5, 0.99, 1].map((share) => percentile(delaysMs, share).toFixed(0));
  const share = (cpuMs: number) => `${(cpuMs / found.seconds / 10).toFixed(0)} % of a core`;
  const kinds = [...faults].map(([what, count]) => `${count} × ${what}`).join(', ');
  return [
    `${viewers} viewers, ${profile}: ${delaysMs.length} parts in ${found.seconds.toFixed(0)} s, ${overtakenParts} more overtaken`,
    `publication to client p50 ${delays[0]}, p99 ${delays[1]}, max ${delays[2]} ms`,
    `the origin used ${share(found.cpuMs)}, the clients ${share(found.clientCpuMs)}`,
    `${((found.cpuMs * 1000) / (delaysMs.length * 2)).toFixed(0)} µs of the origin for a request`,
    kinds === '' ? 'no faults' : kinds,
  ].join('; ');
}

function sum(faults: Map<string, number>): number {
  return [...faults.values()].reduce((total, count) => total + count, 0);
}

/** CPU milliseconds per request of a part, in turn, three times each: the least counts. */
async function costOfParts(bytes: number): Promise<{ ours: number; baseline: number; bare: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'zyzz-fanout-'));
  try {
    mkdirSync(join(folder, 'web'));
    writeFileSync(join(folder, 'web', 'part.m4s'), Buffer.alloc(bytes, 'media'));
    await using nginx = await Nginx.start(folder);
    await using origin = await MeasuredOrigin.start({ ...sizesOf.balanced, videoPartBytes: bytes });
    await using bareServer = await BarePartServer.start(bytes);
    const nginxCpuMs = async () => cpuMsOf(Number(readFileSync(join(folder, 'nginx.pid'), 'utf8')));
    const costs = {
      ours: Number.POSITIVE_INFINITY,
      baseline: Number.POSITIVE_INFINITY,
      bare: Number.POSITIVE_INFINITY,
    };
    for (let round = 0; round < 3; round += 1) {
      const ours = await costOf({ port: origin.address.port, path: await origin.newestPart() }, () => origin.cpuMs());
      const baseline = await costOf({ port: nginx.port, path: '/part.m4s' }, nginxCpuMs);
      const bare = await costOf({ port: bareServer.port, path: '/part.m4s' }, () => bareServer.cpuMs());
      costs.ours = Math.min(costs.ours, ours);
      costs.bare = Math.min(costs.bare, bare);
      costs.baseline = Math.min(costs.baseline, baseline);
    }
    return costs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function costOf(address: { port: number; path: string }, cpuMs: () => Promise<number>): Promise<number> {
  const before = await cpuMs();
  const answered = await repeatRequests(address, { connections: 16, seconds: 3 });
  return ((await cpuMs()) - before) / answered;
}
