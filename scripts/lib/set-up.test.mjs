import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { requireNode } from './checkout.mjs';
import { reasonIn } from './log-reason.mjs';
import { matches } from './packages.mjs';
import { requireFreePort } from './ports.mjs';
import { installCommand } from './system-programs.mjs';

test('a Node that is too old is refused in one sentence', () => {
  expect(() => requireNode('20.18.3')).toThrow(/^zyzz needs Node 20\.19 or newer, and this is 20\.18\.3: /);
  expect(() => requireNode('18.20.0')).toThrow();
  requireNode('20.19.0');
  requireNode('24.0.0');
});

test('packages are installed again when one is missing or of another version, not when it is optional', () => {
  const lock = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };
  expect(matches(lock, { 'node_modules/a': { version: '1.0.0' } })).toBe(true);
  expect(matches(lock, { 'node_modules/a': { version: '1.0.1' } })).toBe(false);
  expect(matches(lock, { 'node_modules/b': { version: '2.0.0' } })).toBe(false);
  expect(matches(lock, { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } })).toBe(false);
});

test('a missing program comes with the command of this system', () => {
  const only = (present) => (program) => program === present;
  expect(installCommand('ffmpeg', only('apt-get'))).toBe('sudo apt-get install -y ffmpeg');
  expect(installCommand('ffmpeg', only('brew'))).toBe('brew install ffmpeg');
  expect(installCommand('chromium', only('none'))).toBe('the package manager of this system for chromium');
});

test('a taken port and a foreign address are told before any work', async () => {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await expect(requireFreePort('127.0.0.1', port, 'PORT')).rejects.toThrow(
    `Port ${port} is taken: stop what uses it, or choose another with PORT=${port + 10}.`,
  );
  await new Promise((closed) => server.close(closed));
  await requireFreePort('127.0.0.1', port, 'PORT');
  await expect(requireFreePort('192.0.2.1', port, 'PORT')).rejects.toThrow(/^HOST 192\.0\.2\.1 is no address/);
});

test("a process's reason is its fatal entry, else Node's own words, never a stack", () => {
  const crash = ['node:internal/x:1', "Error: Cannot find module 'y'", '    at a (b:1:2)', '', 'Node.js v20.20.2'];
  expect(reasonIn(crash)).toBe("Error: Cannot find module 'y'");
  const fatal = JSON.stringify({ level: 60, msg: 'could not start', err: { message: 'EADDRINUSE', stack: 'a\nb' } });
  expect(reasonIn([...crash, fatal])).toBe('could not start: EADDRINUSE');
  expect(reasonIn([JSON.stringify({ level: 30, msg: 'up' })])).toBeUndefined();
  expect(reasonIn([''])).toBeUndefined();
});
