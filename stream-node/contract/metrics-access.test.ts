import { expect, test } from 'vitest';
import { mayReadMetrics } from './metrics-access';

const local = {
  tokens: ['the node secret', 'the operator token'],
  host: '127.0.0.1',
  publicUrl: 'http://localhost:8000',
};
const behindProxy = { ...local, publicUrl: 'https://live.example.org' };
const fromHere = (headers: Record<string, string> = {}) => ({
  headers: { host: 'localhost:8000', ...headers },
  remoteAddress: '127.0.0.1',
});

test('whoever bears one of the tokens may read, from anywhere', () => {
  for (const token of local.tokens) {
    const asked = { headers: { host: 'x.example', authorization: `Bearer ${token}` }, remoteAddress: '203.0.113.9' };
    expect(mayReadMetrics(asked, behindProxy)).toBe(true);
  }
});

test('a wrong token is refused even where none is asked for', () => {
  expect(mayReadMetrics(fromHere({ authorization: 'Bearer something else' }), local)).toBe(false);
  expect(mayReadMetrics(fromHere({ authorization: 'the node secret' }), local)).toBe(false);
});

test('on a local machine its own people need no token, others do', () => {
  expect(mayReadMetrics(fromHere(), local)).toBe(true);
  expect(mayReadMetrics({ ...fromHere(), remoteAddress: '::ffff:127.0.0.1' }, local)).toBe(true);
  expect(mayReadMetrics({ ...fromHere(), remoteAddress: '203.0.113.9' }, local)).toBe(false);
});

test('what a proxy on the machine, or a name that leads here, passes on is not the machine’s own', () => {
  expect(mayReadMetrics(fromHere({ 'x-forwarded-for': '203.0.113.9' }), local)).toBe(false);
  expect(mayReadMetrics(fromHere({ host: 'rebound.example.org' }), local)).toBe(false);
  expect(mayReadMetrics(fromHere({ host: 'local host' }), local)).toBe(false);
  // nginx names the upstream as the host and adds nothing, unless it is told to
  expect(mayReadMetrics(fromHere(), behindProxy)).toBe(false);
  expect(mayReadMetrics(fromHere(), { ...local, host: '0.0.0.0' })).toBe(false);
});
