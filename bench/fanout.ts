import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Nginx } from './baseline/nginx';
import type { Bench, BenchRow } from './bench-row';
import { BlockingViewers } from './measures/blocking-viewers';
import { closedLoop } from './measures/closed-loop';
import { percentile } from './measures/percentiles';
import { cpuMsOf } from './measures/process-cost';

const warmUpMs = 5000;
const seconds = 20;
const partMs = 342;
/** 700 kbit/s of picture and 128 kbit/s of sound, a third of a second each. */
const partBytes = { video: 29_000, audio: 5400 };
/** Sixty kilobytes divide what costs by the request from what costs by the byte. */
const sizes = [
  { bytes: partBytes.video, words: '29 KB', ratioLimit: 2 },
  { bytes: 300_000, words: '300 KB', ratioLimit: 1.2 },
];
const nginxName = 'nginx, one process, the same bytes as files';

/** How an origin serves crowds: blocking clients of picture and sound, and what a part costs beside nginx. */
export const bench: Bench = {
  name: 'fanout',
  async run({ say }) {
    const rows: BenchRow[] = [];
    const notes: string[] = [];
    for (const [viewers, shareOfPart] of [
      [500, 0.25],
      [1000, 0.5],
    ] as const) {
      say(`${viewers} viewers`);
      const found = await watch(viewers);
      const row = (figure: string, unit: string, ours: number, limit: number, higherIsBetter = false): BenchRow => ({
        ...{ figure: `${viewers} viewers: ${figure}`, unit, ours, limit, higherIsBetter },
      });
      const onTime = found.delaysMs.filter((delayMs) => delayMs <= partMs).length / found.delaysMs.length;
      rows.push(
        row('publication to client, p99', 'ms', percentile(found.delaysMs, 0.99), shareOfPart * partMs),
        row('parts that came within their own length', '%', onTime * 100, 99.5, true),
        row('faults', '', found.faults, 0),
        row('CPU of the origin per viewer and second', 'ms', found.cpuMs / viewers / seconds, 0.45),
      );
      notes.push(
        `${viewers} viewers: ${found.delaysMs.length} parts in ${seconds} s; publication to client p50 ${percentile(found.delaysMs, 0.5).toFixed(0)}, p99 ${percentile(found.delaysMs, 0.99).toFixed(0)}, max ${percentile(found.delaysMs, 1).toFixed(0)} ms; the origin used ${(found.cpuMs / seconds / 10).toFixed(0)} % of a core`,
      );
    }
    for (const { bytes, words, ratioLimit } of sizes) {
      say(`parts of ${words}, one after another, and nginx`);
      const { ours, baseline } = await costOfParts(bytes);
      rows.push({
        ...{ figure: `CPU for a part of ${words}`, unit: 'ms', ours, baseline, baselineName: nginxName, ratioLimit },
      });
    }
    return {
      rows,
      notes: [...notes, 'Clients, origin and nginx share the two cores; HTTP/1.1 without TLS, balanced.'],
    };
  },
};

async function watch(viewers: number) {
  await using origin = await OriginProcess.start(partBytes.video, partBytes.audio);
  using crowd = new BlockingViewers({ ...origin.address, tracks: ['360p', 'audio128'], viewers });
  await sleep(warmUpMs);
  crowd.take();
  const before = await origin.cpuMs();
  await sleep(seconds * 1000);
  const found = crowd.take();
  return { ...found, cpuMs: (await origin.cpuMs()) - before };
}

/** CPU milliseconds per request of a part, in turn, twice each: the lesser counts. */
async function costOfParts(bytes: number): Promise<{ ours: number; baseline: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'zyzz-fanout-'));
  try {
    mkdirSync(join(folder, 'web'));
    writeFileSync(join(folder, 'web', 'part.m4s'), Buffer.alloc(bytes));
    await using nginx = await Nginx.start(folder);
    await using origin = await OriginProcess.start(bytes, 32);
    const { port, streamId } = origin.address;
    const nginxCpuMs = async () => cpuMsOf(Number(readFileSync(join(folder, 'nginx.pid'), 'utf8')));
    const costs = { ours: Number.POSITIVE_INFINITY, baseline: Number.POSITIVE_INFINITY };
    for (let round = 0; round < 3; round += 1) {
      const playlist = await (await fetch(`http://127.0.0.1:${port}/stream/${streamId}/360p/media.m3u8`)).text();
      const newest = /.*URI="([^"]+\.m4s)"/s.exec(playlist.slice(0, playlist.lastIndexOf('#EXT-X-PRELOAD-HINT')))?.[1];
      const part = `http://127.0.0.1:${port}/stream/${streamId}/360p/${newest}`;
      const ours = await costOf(part, () => origin.cpuMs());
      const baseline = await costOf(`http://127.0.0.1:${nginx.port}/part.m4s`, nginxCpuMs);
      costs.ours = Math.min(costs.ours, ours);
      costs.baseline = Math.min(costs.baseline, baseline);
    }
    return costs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function costOf(url: string, cpuMs: () => Promise<number>): Promise<number> {
  const before = await cpuMs();
  const { latenciesMs } = await closedLoop(url, { connections: 16, seconds: 4 });
  return ((await cpuMs()) - before) / latenciesMs.length;
}

class OriginProcess implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: { port: number; streamId: string },
  ) {}

  static async start(videoPartBytes: number, audioPartBytes: number): Promise<OriginProcess> {
    const file = join(import.meta.dirname, 'product', 'origin-process.ts');
    const child = fork(file, [String(videoPartBytes), String(audioPartBytes)], { execArgv: ['--import', 'tsx'] });
    const [address] = await once(child, 'message');
    return new OriginProcess(child, address);
  }

  /** @throws Error when the origin failed at something */
  async cpuMs(): Promise<number> {
    this.child.send('cpu');
    const [{ cpuMs, errors }] = await once(this.child, 'message');
    if (errors > 0) {
      throw new Error(`the origin failed at ${errors} requests`);
    }
    return cpuMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
