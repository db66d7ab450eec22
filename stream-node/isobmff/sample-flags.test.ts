import { expect, test } from 'vitest';
import { isKeyframe } from './sample-flags';

test.each([
  ['an IDR frame', 0x02000000, true],
  ['an inter frame', 0x01010000, false],
  ['non-sync alone', 0x00010000, false],
  ['depends on others alone', 0x01000000, false],
  ['no flags at all, as audio may have', 0, true],
])('%s', (_, flags, expected) => {
  expect(isKeyframe(flags)).toBe(expected);
});
