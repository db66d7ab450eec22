import { expect, test } from 'vitest';
import { SoundClock } from './sound-clock';

test('sound that comes four pieces at once is timed by the pieces that come just when they are whole', () => {
  const clock = new SoundClock<number>();
  const timed = Array.from({ length: 20 }, (_, index) => {
    const wholeMs = 1000 + Math.ceil((index + 1) / 4) * 40;
    return clock.push(index, 10, wholeMs);
  }).flat();
  expect(timed.map(({ sound }) => sound)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(timed.map(({ beganMs }) => beganMs)).toEqual(Array.from({ length: 20 }, (_, index) => 1000 + index * 10));
  expect(clock.push(20, 10, 1240)).toEqual([{ sound: 20, beganMs: 1230 }]);
});
