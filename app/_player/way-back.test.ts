import { expect, test } from 'vitest';
import { WayBack } from './way-back';

test('the way back to parts is tried soon over a line of its own, later where tabs share connections, and ever more seldom', () => {
  const [own, shared] = [new WayBack(), new WayBack()];
  expect([1, 2, 3].map(() => own.nextWaitMs(false))).toEqual([10_000, 20_000, 40_000]);
  expect([1, 2, 3, 4, 5, 6].map(() => shared.nextWaitMs(true)).at(-1)).toBe(600_000);
});
