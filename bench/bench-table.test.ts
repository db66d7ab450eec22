import { expect, test } from 'vitest';
import { rowFaults, tableOf } from './bench-table';

const row = { figure: 'p95', unit: 's', ours: 0.9, limit: 1, baseline: 9, baselineName: 'other', ratioLimit: 0.15 };

test('a figure holds within its limits, and fails past either of them', () => {
  expect(rowFaults(row)).toEqual([]);
  expect(rowFaults({ ...row, ours: 1.1 })).toEqual(['past its limit']);
  expect(rowFaults({ ...row, baseline: 3 })).toEqual(['ratio past its limit']);
  expect(rowFaults({ ...row, ours: Number.NaN })).toEqual(['not measured']);
  expect(rowFaults({ figure: 'viewers', unit: '', ours: 90, limit: 100, higherIsBetter: true })).toHaveLength(1);
});

test('the table shows ours, the baseline and the ratio, and is Markdown', () => {
  expect(tableOf([row, { figure: 'max', unit: 's', ours: 2 }])).toEqual([
    '| figure | ours    | limit | baseline    | ratio | limit |       |',
    '| ------ | ------- | ----- | ----------- | ----- | ----- | ----- |',
    '| p95    | 0.900 s | 1 s   | 9 s (other) | 0.10  | 0.15  | holds |',
    '| max    | 2 s     |       |             |       |       |       |',
  ]);
});
