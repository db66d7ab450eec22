import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from './embedded';
import { DatabaseFault } from './embedded/database-fault';
import { mayEnter } from './embedded/os-user';

vi.setConfig({ testTimeout: 60_000 });

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534, name: 'nobody' };

let folder: string;
const cleanUps: (() => Promise<void> | void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zyzz-db-'));
  chmodSync(folder, 0o755);
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) {
    await cleanUp();
  }
});

async function start(dataDir: string) {
  const server = await startEmbeddedPostgres({ dataDir });
  cleanUps.push(() => server.stop());
  return server;
}

async function query(url: string, text: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end();
  }
}

/** Runs the launcher in a process of its own, which prints the URL and stays until it is told to end. */
async function startInOtherProcess(
  dataDir: string,
  as: { uid?: number; gid?: number } = {},
): Promise<{ child: ChildProcess; url: string }> {
  const outfile = join(folder, 'launcher.mjs');
  const contents = `
    import { startEmbeddedPostgres } from './embedded';
    const server = await startEmbeddedPostgres({ dataDir: process.argv[2] });
    process.stdout.write(server.url + '\\n');
    process.stdin.resume().on('end', () => server.stop());`;
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'silent',
  });
  symlinkSync(join(import.meta.dirname, '..', 'node_modules'), join(folder, 'node_modules'));
  const child = spawn(process.execPath, [outfile, dataDir], { ...as, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { child, url: String(line).trim() };
}

test('it answers with a password only, keeps its rows across a restart, and writes none of them into its log', async () => {
  const first = await startEmbeddedPostgres({ dataDir: folder });
  await query(first.url, 'create table kept (n int); insert into kept values (7)');
  const withoutPassword = new URL(first.url);
  withoutPassword.password = 'wrong';
  await expect(query(withoutPassword.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  await first.stop();
  await first.stop();

  const second = await start(folder);
  expect(await query(second.url, 'select n from kept')).toMatchObject([{ n: 7 }]);
  expect(await query(second.url, "select current_database() as name, 'Ä' ~ '[[:alpha:]]' as letters")).toMatchObject([
    { name: 'zyzz', letters: true },
  ]);
  const twice = "create table key_ring (secret text primary key); insert into key_ring values ('canary'), ('canary')";
  await expect(query(second.url, twice)).rejects.toThrow(/duplicate key/);
  const log = readFileSync(join(folder, 'postgres.log'), 'utf8');
  expect(log).toContain('duplicate key');
  expect(log).not.toContain('canary');
});

test('the Postgres of a killed owner is stopped, and its rows are there again', async () => {
  const { child, url } = await startInOtherProcess(folder);
  await query(url, 'create table kept (n int); insert into kept values (8)');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await query(url, 'select n from kept'), 'it outlives its owner').toHaveLength(1);

  const server = await start(folder);
  expect(await query(server.url, 'select n from kept')).toMatchObject([{ n: 8 }]);
});

test('after a kill of Postgres itself the owner hears of it, and the next start recovers', async () => {
  const server = await startEmbeddedPostgres({ dataDir: folder });
  await query(server.url, 'create table kept (n int); insert into kept values (9)');
  const [row] = await query(server.url, "select setting from pg_settings where name = 'data_directory'");
  process.kill(Number(readFileSync(join(row?.setting, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  await server.died;
  await server.stop();

  const next = await start(folder);
  expect(await query(next.url, 'select n from kept')).toMatchObject([{ n: 9 }]);
});

test('a pid file that names a stranger does not keep it from starting', async () => {
  const first = await startEmbeddedPostgres({ dataDir: folder });
  const [row] = await query(first.url, "select setting from pg_settings where name = 'data_directory'");
  await first.stop();
  const stranger = spawn('sleep', ['60']);
  cleanUps.push(() => void stranger.kill());
  writeFileSync(join(row?.setting, 'postmaster.pid'), `${stranger.pid}\n${row?.setting}\n`, { mode: 0o600 });

  await start(folder);
  expect(stranger.exitCode).toBeNull();
});

test('a second starter is refused and leaves the first one running', async () => {
  const first = await start(folder);
  await expect(startEmbeddedPostgres({ dataDir: folder })).rejects.toThrow(
    `The database in ${folder} is already in use by process ${process.pid}.`,
  );
  expect(await query(first.url, 'select 1 as one')).toHaveLength(1);
});

test('a broken database folder is told in one sentence', async () => {
  const first = await startEmbeddedPostgres({ dataDir: folder });
  const [row] = await query(first.url, "select setting from pg_settings where name = 'data_directory'");
  await first.stop();
  rmSync(join(row?.setting, 'global'), { recursive: true });
  const fault = await startEmbeddedPostgres({ dataDir: folder }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(DatabaseFault);
  expect(String(fault)).toMatch(/^DatabaseFault: The database in .* does not start: .*postgres\.log\)\.$/);

  rmSync(join(row?.setting, 'PG_VERSION'));
  await expect(startEmbeddedPostgres({ dataDir: folder })).rejects.toThrow(/is broken \(no PG_VERSION\)/);
});

test('a folder that is a file is told in one sentence', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(startEmbeddedPostgres({ dataDir: file })).rejects.toThrow(/^The database folder .* cannot be used: /);
});

test.runIf(isRoot && mayEnter(import.meta.dirname, nobody))('an ordinary user runs it as himself', async () => {
  chownSync(folder, nobody.uid, nobody.gid);
  const { child, url } = await startInOtherProcess(join(folder, 'data'), nobody);
  expect(await query(url, 'select 1 as one')).toMatchObject([{ one: 1 }]);
  child.stdin?.end();
  await once(child, 'exit');
});

test.runIf(isRoot)('root with a data folder that nobody else may enter gets a database that works', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const server = await startEmbeddedPostgres({ dataDir: join(closed, 'data') });
  const [row] = await query(server.url, "select setting from pg_settings where name = 'data_directory'");
  expect(row?.setting).toMatch(/^\/var\/lib\/zyzz-[0-9a-f]{12}\/cluster$/);
  cleanUps.push(() => rmSync(dirname(row?.setting), { recursive: true }));
  await server.stop();

  const again = await start(join(closed, 'data'));
  expect(await query(again.url, "select setting from pg_settings where name = 'data_directory'")).toEqual([row]);
});
