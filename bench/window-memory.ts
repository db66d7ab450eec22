import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bundle } from '../scripts/lib/build.mjs';
import { inCheckout } from '../scripts/lib/checkout.mjs';
import { streamNodeFlags } from '../scripts/lib/node-flags.mjs';
import type { Bench } from './bench-row';

const minutes = 30;
const source = 'bench/product/window-process.ts';

type Told = { beforeBytes: number; windowBytes: number; residentBytes: number[] };

/** What a live stream's window takes of the machine's memory beside its own bytes, and whether that stays so. */
export const bench: Bench = {
  name: 'window-memory',
  async run({ say }) {
    say(`${minutes} minutes of media through a packager, a minute of it a second`);
    await bundle([source], 'dist');
    const child = fork(join(inCheckout('dist'), source.replace(/\.ts$/, '.mjs')), [String(minutes)], {
      execArgv: streamNodeFlags,
    });
    const [told]: Told[] = await once(child, 'message');
    if (told === undefined) {
      throw new Error('the packager told nothing');
    }
    const { beforeBytes, windowBytes, residentBytes } = told;
    const added = residentBytes.map((bytes) => bytes - beforeBytes);
    const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
    const third = Math.floor(added.length / 3);
    const early = median(added.slice(0, third));
    const late = median(added.slice(-third));
    return {
      rows: [
        {
          ...{ figure: 'resident memory of a live stream, at its most', unit: 'MB', ours: Math.max(...added) / 1e6 },
          ...{ baseline: windowBytes / 1e6, baselineName: 'the bytes of its window', ratioLimit: 2 },
        },
        {
          ...{ figure: 'the same, the last ten minutes by the first', unit: '×', ours: late / early },
          limit: 1.1,
        },
      ],
      notes: [
        'Three rungs and two tracks of sound, 4.6 Mbit/s, 100 s in memory; made-up bytes, fed without encoder, journal or disk at sixty times their speed, so that what an ingest holds besides is not in it.',
        `By the minute of media: ${added.map((bytes) => (bytes / 1e6).toFixed(0)).join(', ')} MB.`,
      ],
    };
  },
};
