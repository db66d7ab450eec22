import { expect, test } from 'vitest';
import { clockLength, dayWord, timeOfDay } from './day-words';

const now = new Date('2026-12-09T20:00:00Z');

test('a time is told in the zone of who reads it', () => {
  expect(timeOfDay(new Date('2026-12-09T13:00:00Z'), 'Asia/Kathmandu')).toBe('18:45');
  expect(timeOfDay(new Date('2026-12-09T00:00:00Z'), 'UTC')).toBe('00:00');
});

test('a day is told by the calendar of who reads it', () => {
  const start = new Date('2026-12-10T01:00:00Z');
  expect(dayWord(start, now, 'UTC')).toBe('tomorrow');
  expect(dayWord(start, now, 'Asia/Kathmandu')).toBe('today');
  expect(dayWord(start, now, 'America/Los_Angeles')).toBe('today');
});

test('a day within the week is its name, any other its date', () => {
  expect(dayWord(new Date('2026-12-13T12:00:00Z'), now, 'UTC')).toBe('Sunday');
  expect(dayWord(new Date('2026-12-16T12:00:00Z'), now, 'UTC')).toBe('16 Dec');
  expect(dayWord(new Date('2026-12-08T12:00:00Z'), now, 'UTC')).toBe('yesterday');
  expect(dayWord(new Date('2027-01-20T12:00:00Z'), now, 'UTC')).toBe('20 Jan 2027');
});

test('a length has hours only when it lasted one', () => {
  expect(clockLength(247.9)).toBe('4:07');
  expect(clockLength(6137)).toBe('1:42:17');
});
