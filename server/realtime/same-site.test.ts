import { expect, test } from 'vitest';
import { isSameSite } from './same-site';

const publicUrl = 'https://zyzz.example';

test.each([
  ['the public address', { origin: 'https://zyzz.example', host: 'zyzz.example' }],
  ['the public address behind a proxy that changes Host', { origin: 'https://zyzz.example', host: '10.0.0.7:8000' }],
  ['a loopback page that asks its own server', { origin: 'http://localhost:8000', host: 'localhost:8000' }],
  ['a loopback page by number', { origin: 'http://127.0.0.1:8000', host: '127.0.0.1:8000' }],
  ['a program, which sends no origin', { host: 'zyzz.example' }],
])('%s may connect', (_who, headers) => {
  expect(isSameSite(headers, publicUrl)).toBe(true);
});

test.each([
  ['another site', { origin: 'https://evil.example', host: 'zyzz.example' }],
  ['another scheme', { origin: 'http://zyzz.example', host: 'zyzz.example' }],
  ['another port of this machine', { origin: 'http://localhost:3000', host: 'localhost:8000' }],
  ['a foreign name that resolves to this machine', { origin: 'http://evil.example:8000', host: 'evil.example:8000' }],
  ['a name that ends like ours', { origin: 'https://zyzz.example.evil.test', host: 'zyzz.example' }],
  ['a sandboxed frame', { origin: 'null', host: 'zyzz.example' }],
  ['another site that polls without an origin', { host: 'zyzz.example', 'sec-fetch-site': 'cross-site' }],
])('%s is refused', (_who, headers) => {
  expect(isSameSite(headers, publicUrl)).toBe(false);
});
