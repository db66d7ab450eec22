import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { relative, resolve } from 'node:path';

/**
 * Every fuzz test with a million inputs that were never tried before, each in a process of its own whose memory is bounded: a
 * reader that allocates what its input claims ends its process. `npm run soak -- fuzz`; words after it choose readers, by their
 * file or name, and `PROPERTY_RUNS` the number of inputs. What became of a reader is told as soon as it is known. The seed is
 * printed: `PROPERTY_SEED=<seed>` draws the same again.
 */
const heapMegabytes = 256;
const runs = process.env.PROPERTY_RUNS ?? '1000000';
const seed = process.env.PROPERTY_SEED ?? String(randomInt(2 ** 31));
const checkout = resolve(import.meta.dirname, '..');
const program = resolve(checkout, 'node_modules', '.bin', 'vitest');

type Reader = { name: string; file: string };

function readers(): Reader[] {
  const { stdout } = spawnSync(program, ['list', 'fuzz.property.test.ts', '--json'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  const listed = JSON.parse(stdout) as Reader[];
  const wanted = process.argv.slice(2);
  return listed
    .map(({ name, file }) => ({ name, file: relative(checkout, file) }))
    .filter(
      ({ name, file }) => wanted.length === 0 || wanted.some((word) => name.includes(word) || file.includes(word)),
    );
}

/** Runs one reader's test alone. @returns what it printed, and whether all was well */
async function tryOut({ name, file }: Reader): Promise<{ isGood: boolean; output: string }> {
  const exactly = `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
  const bounded = ['--pool=forks', `--execArgv=--max-old-space-size=${heapMegabytes}`];
  const child = spawn(program, ['run', '--reporter', 'default', ...bounded, '-t', exactly, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: checkout,
    env: { ...process.env, PROPERTY_RUNS: runs, PROPERTY_SEED: seed },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
  }
  const code = await new Promise((done) => child.once('close', done));
  return { isGood: code === 0, output };
}

process.stdout.write(`${runs} inputs for each reader, seed ${seed}, ${heapMegabytes} MB of heap\n\n`);
process.stdout.write('| reader | file | outcome | seconds |\n|---|---|---|---|\n');
for (const reader of readers()) {
  const startedMs = performance.now();
  const { isGood, output } = await tryOut(reader);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  const outcome = isGood ? 'no fault' : '**a fault**';
  process.stdout.write(`| ${reader.name} | \`${reader.file}\` | ${outcome} | ${seconds} |\n`);
  if (!isGood) {
    process.stderr.write(`${output}\n`);
    process.exitCode = 1;
  }
}
