import { expect, test } from 'vitest';
import { FarBehind } from './far-behind';

/** When it jumps, looked at every tenth of a second, of a playhead that nothing moves. */
function jumpsAt(behindSeconds: (atSeconds: number) => number, seconds: number): number[] {
  const farBehind = new FarBehind();
  const looks = Array.from({ length: seconds * 10 }, (_, n) => n / 10);
  return looks.filter((atSeconds) => farBehind.look(atSeconds, behindSeconds(atSeconds)));
}

test('a playhead that stays far behind is taken to the edge after a second, and seldom again', () => {
  expect(jumpsAt(() => 9, 23)).toEqual([1, 11, 21]);
});

test('a delay that the line needs, and a lag that is over within the second, are left alone', () => {
  expect(jumpsAt(() => 4, 30)).toEqual([]);
  expect(jumpsAt((at) => (at % 2 < 0.9 ? 9 : 1), 30)).toEqual([]);
});
