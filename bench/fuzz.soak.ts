import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';

/**
 * Every fuzz test with a million inputs that were never tried before, in processes whose memory is bounded: a reader that
 * allocates what its input claims ends its process. `npm run soak -- fuzz`; words after it choose files, and `PROPERTY_RUNS` the
 * number of inputs. The seed is printed: `PROPERTY_SEED=<seed>` draws the same again.
 */
const heapMegabytes = 256;
const runs = process.env.PROPERTY_RUNS ?? '1000000';
const seed = process.env.PROPERTY_SEED ?? String(randomInt(2 ** 31));
process.stdout.write(`${runs} inputs for each reader, seed ${seed}, ${heapMegabytes} MB of heap\n`);

const program = resolve(import.meta.dirname, '..', 'node_modules', '.bin', 'vitest');
const files = process.argv.length > 2 ? process.argv.slice(2) : ['fuzz.property.test.ts'];
const bounded = ['--pool=forks', `--execArgv=--max-old-space-size=${heapMegabytes}`];
const { status } = spawnSync(program, ['run', '--reporter', 'verbose', ...bounded, ...files], {
  stdio: 'inherit',
  cwd: resolve(import.meta.dirname, '..'),
  env: { ...process.env, PROPERTY_RUNS: runs, PROPERTY_SEED: seed },
});
process.exitCode = status ?? 1;
