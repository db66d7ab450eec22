import { expect, test } from 'vitest';
import { teamNames } from './team-names';

test('the sides of a match are read from its name', () => {
  expect(teamNames('Nepal v Kenya')).toEqual(['Nepal', 'Kenya']);
  expect(teamNames('Kabaddi: Biratnagar vs. Janakpur')).toEqual(['Biratnagar', 'Janakpur']);
});

test('an event without two sides has none', () => {
  expect(teamNames('Eldoret City Marathon')).toBeNull();
  expect(teamNames('v')).toBeNull();
});
