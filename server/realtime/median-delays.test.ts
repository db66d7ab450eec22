import { expect, test } from 'vitest';
import { medianOf } from './median-delays';

test('the median is that of all players, not of the processes they are at', () => {
  const few = { delaysMs: [9000], players: 1 };
  const many = { delaysMs: [900, 1000, 1100, 1200], players: 4 };
  expect(medianOf([few, many])).toEqual({ medianMs: 1100, players: 5 });
  expect(medianOf([few])).toEqual({ medianMs: 9000, players: 1 });
});

test('a sample weighs as much as the players it stands for', () => {
  const sample = { delaysMs: [1000, 2000, 3000], players: 300 };
  const others = { delaysMs: [100, 110, 120, 130, 140], players: 5 };
  expect(medianOf([sample, others])).toEqual({ medianMs: 2000, players: 305 });
});
