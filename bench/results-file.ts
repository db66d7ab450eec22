import type { BenchRow } from './bench-row';
import { tableOf } from './bench-table';

/** One run of one benchmark, as it is kept. */
export type BenchRecord = {
  name: string;
  /** ISO 8601 */
  at: string;
  commit: string;
  machine: string;
  rows: BenchRow[];
  notes: string[];
};

/** The Markdown of a run, from its heading on. */
export function sectionOf({ name, at, commit, machine, rows, notes }: BenchRecord): string {
  const lines = [`## ${name}`, '', `${at}, commit ${commit}, ${machine}`, '', ...tableOf(rows)];
  return `${[...lines, '', ...notes.map((note) => `- ${note}`)].join('\n').trimEnd()}\n`;
}

const preface = `# Results

Written by \`npm run bench -- --save\`, never by hand. Each figure stands beside its baseline's, measured in the same run on the same machine.
`;

/** The file with one section put in the place of its last run's, or at its end; the other sections stay as they are. */
export function withSection(file: string, section: string): string {
  const heading = section.split('\n')[0];
  const sections = file.split(/^(?=## )/m).slice(1);
  const place = sections.findIndex((old) => old.split('\n')[0] === heading);
  const kept = place < 0 ? [...sections, section] : sections.with(place, section);
  return [preface, ...kept.map((old) => `${old.trimEnd()}\n`)].join('\n');
}
