import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { freePorts } from './fixtures/free-port';

// Each starts a product of its own.
test.describe.configure({ mode: 'parallel' });

const checkout = resolve(import.meta.dirname, '..');
let dataDir: string;
let npm: ChildProcess | undefined;

test.beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'zyzz-killed-'));
});

test.afterEach(async () => {
  await endNpm('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

/** `npm start` as from a terminal: in a process group of its own. Resolves when it says that it is ready. */
async function startByNpm([port, nodePort]: number[]): Promise<void> {
  const env = { ...process.env, PORT: String(port), STREAM_NODE_PORT: String(nodePort), ZYZZ_DATA_DIR: dataDir };
  const child = spawn('npm', ['start'], { cwd: checkout, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  npm = child;
  let output = '';
  await new Promise<void>((ready, failed) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      if (output.includes(`zyzz is ready at http://localhost:${port}`)) {
        ready();
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => failed(new Error(`npm start ended with ${code}:\n${output}`)));
  });
}

async function endNpm(signal: NodeJS.Signals): Promise<void> {
  if (npm && npm.exitCode === null && npm.signalCode === null) {
    const exited = once(npm, 'exit');
    npm.kill(signal);
    await exited;
  }
}

/** The supervisor first, then its children, as it noted them. */
function pidsOfProduct(): number[] {
  const lines = readFileSync(join(dataDir, 'supervisor.pid'), 'utf8').split('\n');
  return lines.map((line) => Number(line.split(' ')[0]));
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Ends the product that runs, and waits until nothing of it is left. */
async function killWhole(kill: (supervisor: number) => void): Promise<void> {
  const pids = pidsOfProduct();
  expect(pids).toHaveLength(3);
  const [supervisor = Number.NaN] = pids;
  const ended = npm && once(npm, 'exit');
  kill(supervisor);
  await ended;
  await expect.poll(() => pids.filter(isRunning), { timeout: 20_000 }).toEqual([]);
}

async function expectSecondStartRefused(): Promise<void> {
  const pids = pidsOfProduct();
  const second = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: checkout,
    env: { ...process.env, ZYZZ_DATA_DIR: dataDir },
  });
  let output = '';
  second.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(second, 'close');
  expect(output.trim()).toBe(`zyzz is already running (process ${pids[0]}) on this data folder: stop it first.`);
  expect(code).toBe(1);
  expect(pids.every(isRunning)).toBe(true);
}

/** The web process and the stream node, which listen on these ports, are killed, each alone. */
async function expectCrashesMended(ports: number[]): Promise<void> {
  for (const [index, port] of ports.entries()) {
    const pid = pidsOfProduct()[index + 1] ?? Number.NaN;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isRunning(pid)).toBe(false);
    const answer = () => fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await expect.poll(async () => (await answer())?.status, { timeout: 30_000 }).toBe(200);
  }
}

test('told to stop, everything ends and the next start is clean; a second start beside it is refused', async () => {
  test.setTimeout(180_000);
  const ports = await freePorts(2);
  await startByNpm(ports);
  await test.step('a second start on the same data folder leaves the first one running', expectSecondStartRefused);
  await test.step('SIGTERM to npm', () => killWhole(() => npm?.kill('SIGTERM')));
  await startByNpm(ports);
  await test.step('Ctrl-C: SIGINT to the whole group', () =>
    killWhole(() => process.kill(-(npm?.pid ?? Number.NaN), 'SIGINT')));
  await startByNpm(ports);
});

test('killed, everything ends and the next start is clean; a process that crashes alone is there again', async () => {
  test.setTimeout(180_000);
  const ports = await freePorts(2);
  await startByNpm(ports);
  await test.step('the stream node crashes, and the web process', () => expectCrashesMended(ports));
  await test.step('SIGKILL to npm', () => killWhole(() => npm?.kill('SIGKILL')));
  await startByNpm(ports);
  await test.step('SIGKILL to the supervisor', () => killWhole((supervisor) => process.kill(supervisor, 'SIGKILL')));
  await startByNpm(ports);
});
