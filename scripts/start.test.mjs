import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { inCheckout } from './lib/checkout.mjs';
import { runProgram } from './lib/run-program.mjs';

// Real programs are started, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** Only what ends before anything is installed or built. */
async function start(environment, ...args) {
  const folder = mkdtempSync(join(tmpdir(), 'zyzz-start-'));
  try {
    const env = { ...process.env, ZYZZ_DATA_DIR: folder, ...environment(folder) };
    return await runProgram(process.execPath, [inCheckout('scripts', 'start.mjs'), ...args], { env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each([
  ['a setting that is no port', () => ({ PORT: 'http' }), 'PORT must be a port number from 1 to 65535, not "http".'],
  [
    'a data folder that is a file',
    (folder) => {
      writeFileSync(join(folder, 'file'), '');
      return { ZYZZ_DATA_DIR: join(folder, 'file') };
    },
    /^The data folder .* cannot be used: .*\.$/,
  ],
  ['an unknown address', () => ({ HOST: '192.0.2.1' }), /^HOST 192\.0\.2\.1 is no address of this machine: /],
])('%s ends npm start with one sentence and exit code 1', async (_what, environment, sentence) => {
  const { code, output } = await start(environment);
  expect(output.trim()).toMatch(sentence);
  expect(output.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
});

test('a taken port ends npm start with one sentence and exit code 1', async () => {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  const { code, output } = await start(() => ({ PORT: String(port) }));
  server.close();
  expect(output.trim()).toBe(`Port ${port} is taken: stop what uses it, or choose another with PORT=${port + 10}.`);
  expect(code).toBe(1);
});

test('a node for another web without its secret is told what it lacks', async () => {
  const environment = () => ({ ZYZZ_WEB_URL: 'https://zyzz.example', ZYZZ_NODE_SECRET: '' });
  const { code, output } = await start(environment, '--only', 'stream-node');
  expect(output.trim()).toMatch(/^ZYZZ_NODE_SECRET must be set to the secret of the web at ZYZZ_WEB_URL/);
  expect(code).toBe(1);
});
