import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { productVersion } from './version';

test('the product calls itself by the version of its package', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8')).version).toBe(productVersion);
});
