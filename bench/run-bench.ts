import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { untilToldToStop } from '../scripts/lib/told-to-stop.mjs';
import type { Bench } from './bench-row';
import { rowFaults } from './bench-table';
import { describeMachine, loadWords } from './machine';
import { launchBenchBrowser } from './measures/bench-browser';
import { type BenchRecord, sectionOf, withSection } from './results-file';

/**
 * Runs one benchmark by its file, prints its table and keeps its rows. Exits 1 when a figure is past its limit or could not be
 * measured. Told to stop, it closes the browser: then whatever waits in the benchmark fails, and takes down what it started.
 */
const { positionals, values } = parseArgs({ allowPositionals: true, options: { save: { type: 'boolean' } } });
const file = resolve(positionals[0] ?? '');
const commit = positionals[1] ?? 'unknown';
const print = (line: string) => process.stdout.write(`${line}\n`);

const load = loadWords();
const browser = await launchBenchBrowser();
let wasStopped = false;
void untilToldToStop({ again: () => process.exit(130) }).then(async () => {
  wasStopped = true;
  await browser.close();
});
try {
  const { bench }: { bench: Bench } = await import(pathToFileURL(file).href);
  const { rows, notes } = await bench.run({ browser, say: (what) => print(`  ${bench.name.padEnd(12)} ${what}`) });
  if (rows.length === 0) {
    throw new Error('it measured nothing');
  }
  const machine = describeMachine(browser.version());
  keep({ name: bench.name, at: new Date().toISOString(), commit, machine, rows, notes: [...notes, load] });
  process.exitCode = rows.some((row) => rowFaults(row).length > 0) ? 1 : 0;
} catch (error) {
  process.exitCode = wasStopped ? 130 : 1;
  if (!wasStopped) {
    process.stderr.write(`\n${error instanceof Error ? error.stack : error}\n`);
  }
} finally {
  await browser.close();
}
process.exit();

function keep(record: BenchRecord): void {
  const section = sectionOf(record);
  print(`\n${section}`);
  const folder = join(dirname(file), 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${record.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
  if (values.save) {
    const results = join(dirname(file), 'RESULTS.md');
    writeFileSync(results, withSection(existsSync(results) ? readFileSync(results, 'utf8') : '', section));
  }
}
