import { expect, test } from 'vitest';
import { clockLength } from '../_ui/day-words';
import { clockSeconds } from './clock-seconds';

test('times are read as they are written', () => {
  for (const seconds of [0, 5, 59, 60, 3599, 3600, 3723, 36_000]) {
    expect(clockSeconds(clockLength(seconds))).toBe(seconds);
  }
  expect(clockSeconds(' 62:03 ')).toBe(3723);
});

test('anything else is no time', () => {
  for (const text of ['', '5', '1:5', '0:61', '1:62:03', 'a:10', '-1:00', '1:00.5']) {
    expect(clockSeconds(text)).toBeNull();
  }
});
