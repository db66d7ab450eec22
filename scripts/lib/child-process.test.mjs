import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Child } from './child-process.mjs';
import { processMark } from './process-mark.mjs';

// Real programs are started, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let folder;
let child;
const pids = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zyzz-child-'));
  pids.length = 0;
});

afterEach(async () => {
  child?.kill();
  await vi.waitFor(() => expect(pids.every((pid) => processMark(pid) === 'gone')).toBe(true));
  rmSync(folder, { recursive: true });
});

async function plan(program) {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  const port = await new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
  const env = { ...process.env, TEST_PORT: String(port) };
  const logFile = join(folder, 'child.log');
  child = new Child(
    { name: 'the child', logName: 'child', args: [file], env, readyUrl: `http://127.0.0.1:${port}/readyz`, logFile },
    () => child.pid && pids.push(child.pid),
  );
  return child;
}

const server = `
  import { createServer } from 'node:http';
  createServer((request, response) => response.end()).listen(Number(process.env.TEST_PORT), '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));`;

test('a process that dies after it was ready is started again', async () => {
  const running = await plan(server);
  running.start();
  await running.ready();
  const [first] = pids;
  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(pids.length).toBe(2), { timeout: 10_000 });
  await running.ready();
  expect(pids[1]).not.toBe(first);
  await running.stop();
  expect(processMark(pids[1])).toBe('gone');
});

test('a process that dies before it is ready is not started again, and its own words are the reason', async () => {
  const broken = await plan(`
    console.log(JSON.stringify({ level: 60, msg: 'PORT: must be a port number', stack: 'x' }));
    process.exit(1);`);
  broken.start();
  await expect(broken.ready()).rejects.toThrow('the child did not start: PORT: must be a port number');
  expect(pids.length).toBe(1);
});

test('what an earlier run wrote is not taken for the reason of this one', async () => {
  const broken = await plan('process.exit(3);');
  writeFileSync(join(folder, 'child.log'), 'Error: an old story\n');
  broken.start();
  await expect(broken.ready()).rejects.toThrow('the child did not start: it ended with exit code 3');
});

test('a process that does not heed SIGTERM is ended at once by kill, with what it started', async () => {
  const stubborn = await plan(`${server}
    import { spawn } from 'node:child_process';
    process.removeAllListeners('SIGTERM').on('SIGTERM', () => {});
    console.log(spawn('sleep', ['300']).pid);`);
  stubborn.start();
  await stubborn.ready();
  const stopped = stubborn.stop();
  stubborn.kill();
  await stopped;
  expect(stubborn.pid).toBeUndefined();
});

test('restarts that overlap leave one process', async () => {
  const running = await plan(server);
  running.start();
  await running.ready();
  await Promise.all([running.restart(), running.restart()]);
  await running.ready();
  expect(pids.filter((pid) => processMark(pid) !== 'gone')).toEqual([running.pid]);
  await running.stop();
});
