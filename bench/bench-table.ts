import type { BenchRow } from './bench-row';

const columns = ['figure', 'ours', 'limit', 'baseline', 'ratio', 'limit', ''] as const;

/** What is wrong with a figure; empty when it holds. */
export function rowFaults(row: BenchRow): string[] {
  const past = (value: number, limit: number) => (row.higherIsBetter ? value < limit : value > limit);
  const faults: string[] = [];
  if (!Number.isFinite(row.ours)) {
    faults.push('not measured');
  }
  if (row.limit !== undefined && past(row.ours, row.limit)) {
    faults.push('past its limit');
  }
  const ratio = ratioOf(row);
  if (row.ratioLimit !== undefined && (ratio === undefined || past(ratio, row.ratioLimit))) {
    faults.push('ratio past its limit');
  }
  return faults;
}

/** The rows as a table that is also Markdown, so that it goes into `RESULTS.md` as it is. */
export function tableOf(rows: readonly BenchRow[]): string[] {
  const cells = rows.map((row) => [
    row.figure,
    withUnit(row.ours, row.unit),
    row.limit === undefined ? '' : withUnit(row.limit, row.unit),
    row.baseline === undefined ? '' : `${withUnit(row.baseline, row.unit)} (${row.baselineName ?? 'baseline'})`,
    ratioOf(row)?.toFixed(2) ?? '',
    row.ratioLimit?.toFixed(2) ?? '',
    verdict(row),
  ]);
  const widths = columns.map((title, index) =>
    Math.max(title.length, 3, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)];
}

/** A figure without a limit is told for what it is, and neither holds nor fails. */
function verdict(row: BenchRow): string {
  const faults = rowFaults(row).join(', ');
  return faults || (row.limit === undefined && row.ratioLimit === undefined ? '' : 'holds');
}

function ratioOf(row: BenchRow): number | undefined {
  return row.baseline === undefined || row.baseline === 0 ? undefined : row.ours / row.baseline;
}

function withUnit(value: number, unit: string): string {
  return `${Number.isInteger(value) ? value : value.toPrecision(3)} ${unit}`.trim();
}
