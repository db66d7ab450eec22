import { expect, test } from 'vitest';
import { sectionOf, withSection } from './results-file';

const record = {
  name: 'join',
  at: '2030-01-01T00:00:00.000Z',
  commit: 'abc1234',
  machine: '2 cores',
  rows: [{ figure: 'p95', unit: 's', ours: 0.5, limit: 1 }],
  notes: ['quiet'],
};

test('a section says when, of what and where it was measured, and is told apart by its name', () => {
  const section = sectionOf(record);
  expect(section).toMatch(/^## join\n\n2030-01-01T00:00:00.000Z, commit abc1234, 2 cores\n\n\| figure/);
  expect(section).toMatch(/\n\n- quiet\n$/);
});

test('a run takes the place of the last run of the same benchmark and leaves the others as they are', () => {
  const first = withSection('', sectionOf(record));
  const both = withSection(first, sectionOf({ ...record, name: 'thin' }));
  const again = withSection(both, sectionOf({ ...record, commit: 'def5678' }));
  expect(again).not.toContain('join\n\n2030-01-01T00:00:00.000Z, commit abc1234');
  expect(again.match(/^## .*$/gm)).toEqual(['## join', '## thin']);
  expect(again).toContain('def5678');
  expect(withSection(again, sectionOf({ ...record, commit: 'def5678' }))).toBe(again);
});
