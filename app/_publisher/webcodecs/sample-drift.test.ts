import { expect, test } from 'vitest';
import { SampleDrift } from './sample-drift';

test('samples that are stamped late now and then move nothing', () => {
  const drift = new SampleDrift();
  for (let index = 0; index < 200; index += 1) {
    drift.seen(index % 7 === 3 ? 40 : 0);
    expect(drift.nextMs()).toBe(0);
  }
});

test.each([80, -80])('a clock that is %d ms off is followed in small steps', (offMs) => {
  const drift = new SampleDrift();
  let lastMs = 0;
  for (let index = 0; index < 400; index += 1) {
    drift.seen(offMs);
    const nextMs = drift.nextMs();
    expect(Math.abs(nextMs - lastMs)).toBeLessThanOrEqual(0.5);
    lastMs = nextMs;
  }
  expect(Math.abs(lastMs - offMs)).toBeLessThanOrEqual(5);
});

test('sound that is missing leaves a gap as soon as all that is remembered came after it', () => {
  const drift = new SampleDrift();
  for (let index = 0; index < 100; index += 1) {
    drift.seen(index < 10 ? 0 : 400);
    drift.nextMs();
  }
  expect(drift.nextMs()).toBe(400);
});
