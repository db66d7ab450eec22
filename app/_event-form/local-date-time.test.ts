import { expect, test } from 'vitest';
import { fromLocalDateTime, toLocalDateTime } from './local-date-time';

test('a moment survives the field it is edited in', () => {
  const date = new Date(2026, 11, 9, 8, 5);
  expect(toLocalDateTime(date)).toBe('2026-12-09T08:05');
  expect(fromLocalDateTime(toLocalDateTime(date))).toEqual(date);
});

test('an empty or half-typed field is no moment', () => {
  expect(fromLocalDateTime('')).toBeNull();
  expect(fromLocalDateTime('2026-')).toBeNull();
  expect(toLocalDateTime(null)).toBe('');
});
