import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bench } from './bench-row';
import { printTable, rowFaults } from './bench-table';

/** Runs one benchmark by its file, prints its table and writes its rows. Exits 1 when a figure is past its limit. */
const file = resolve(process.argv[2] ?? '');
const commit = process.argv[3] ?? '';
const { bench }: { bench: Bench } = await import(pathToFileURL(file).href);
const rows = await bench.run();
printTable(bench.name, rows, (line) => process.stdout.write(`${line}\n`));
const results = join(dirname(file), 'results');
mkdirSync(results, { recursive: true });
const record = { name: bench.name, at: new Date().toISOString(), commit, rows };
writeFileSync(join(results, `${bench.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
process.exitCode = rows.length === 0 || rows.some((row) => rowFaults(row).length > 0) ? 1 : 0;
