import { expect, test } from 'vitest';
import { callbackPath } from './callback-path';

const own = 'http://localhost:8000';

test('a path of our own is kept with its query', () => {
  expect(callbackPath('/event/evt_abc?stream=str_1#chat', own)).toBe('/event/evt_abc?stream=str_1#chat');
  expect(callbackPath('http://localhost:8000/studio', own)).toBe('/studio');
});

test.each([
  '//evil.example/',
  '/\\evil.example/',
  'https://evil.example/',
  'http://localhost:8000.evil.example/',
  'javascript:alert(1)',
  'http://localhost:8000//evil.example',
  '\t//evil.example',
  '/sign-in?callbackUrl=/sign-in',
  'a'.repeat(3000),
])('%s leads to the front page', (value) => {
  expect(callbackPath(value, own)).toBe('/');
});

test('no path, or two of them, lead to the front page', () => {
  expect(callbackPath(undefined, own)).toBe('/');
  expect(callbackPath(['/a', '/b'], own)).toBe('/');
});
