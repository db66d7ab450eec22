import { expect, test } from 'vitest';
import { RestartBudget } from './restart-budget';

test('an encoder that never gets anywhere is started three times again, and then no more', () => {
  const budget = new RestartBudget();
  expect([0, 100, 200, 300].map((atMs) => budget.mayRestart(false, atMs))).toEqual([true, true, true, false]);
});

test('progress, and a minute, are a new beginning', () => {
  const budget = new RestartBudget();
  expect([0, 1, 2].map((atMs) => budget.mayRestart(false, atMs))).toEqual([true, true, true]);
  expect(budget.mayRestart(true, 3)).toBe(true);
  expect([4, 5, 6].map((atMs) => budget.mayRestart(false, atMs))).toEqual([true, true, true]);
  expect(budget.mayRestart(false, 60_004)).toBe(true);
});
