import { expect, test } from 'vitest';
import { percentile, spreadOf, spreadWords } from './percentiles';

test('a percentile is always a value that was measured', () => {
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(percentile([4, 1, 3, 2], 0.95)).toBe(4);
  expect(percentile([7], 0.5)).toBe(7);
});

test('no samples, or samples that are no numbers, are a failure and never a zero', () => {
  expect(() => spreadOf([])).toThrow('nothing was measured');
  expect(() => spreadOf([1, Number.NaN])).toThrow('nothing was measured');
  expect(spreadWords(spreadOf([1, 2, 3]), 's')).toBe('p50 2.00, p95 3.00, max 3.00 s of 3');
});
