import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Cluster,
  DATABASE,
  lastFault,
  PROGRAM_ENVIRONMENT,
  prepareCluster,
  prepareFolder,
  ROLE,
} from './embedded/cluster';
import { DatabaseFault } from './embedded/database-fault';
import { nativeBinaries } from './embedded/native-binaries';
import { type OsUser, postgresUser } from './embedded/os-user';
import { endOrphan, readPostmasterFile } from './embedded/other-postmaster';
import { claimOwnership } from './embedded/ownership';

const START_PATIENCE_MS = 60_000;
const RETRY_PATIENCE_MS = 10_000;
const POLL_MS = 20;

export type EmbeddedPostgresOptions = {
  /** folder of the database; made when missing */
  dataDir: string;
  /** told in one sentence what is out of the ordinary (an orphan ended, a start tried again) */
  logger?: { info(message: string): void };
  /** false: no fsync, for databases that are thrown away after a test */
  durable?: boolean;
};

export type EmbeddedPostgres = {
  /** `postgres://…` of the database `zyzz`, with its password: never log it */
  url: string;
  /** Resolves with the reason when Postgres ends without `stop()`. */
  died: Promise<string>;
  /** Fast, clean stop; safe to call twice. */
  stop(): Promise<void>;
};

/**
 * Starts the real Postgres from the npm package of this platform on a free port of 127.0.0.1 and waits until it
 * answers. Ends the Postgres that a killed owner left behind on the same folder. Rejects with `DatabaseFault`, whose
 * message is one clear sentence.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const user = postgresUser();
  const { binFolder } = nativeBinaries(user);
  prepareFolder(dataDir);
  const ownership = claimOwnership(dataDir);
  try {
    const cluster = prepareCluster(dataDir, binFolder, user);
    await endOrphan(cluster.clusterDir);
    const { child, port } = await startUntilReady({ ...options, dataDir }, cluster, binFolder, user);
    return {
      url: `postgres://${ROLE}:${cluster.password}@127.0.0.1:${port}/${DATABASE}`,
      died: new Promise((resolved) => child.once('exit', resolved)).then(
        () => lastWords(dataDir) ?? 'it ended without a word',
      ),
      stop: async () => {
        await stopChild(child);
        ownership.release();
      },
    };
  } catch (error) {
    ownership.release();
    throw error;
  }
}

type Started = { child: ChildProcess; port: number };

async function startUntilReady(
  options: EmbeddedPostgresOptions,
  cluster: Cluster,
  binFolder: string,
  user: OsUser | undefined,
): Promise<Started> {
  const deadline = Date.now() + RETRY_PATIENCE_MS;
  for (;;) {
    const port = await freePort();
    const child = spawnServer(options, cluster, binFolder, user, port);
    if (await becomesReady(child, cluster.clusterDir)) {
      return { child, port };
    }
    const said = lastWords(options.dataDir) ?? `exit code ${child.exitCode}`;
    // Backends of a killed Postgres hold its memory for a moment; a free port can be taken in between.
    const passes = /another postmaster|still in use|address already in use|could not bind|any TCP\/IP sockets/i.test(
      said,
    );
    if (!passes || Date.now() > deadline) {
      throw new DatabaseFault(
        `The database in ${cluster.clusterDir} does not start: ${said} (all of it in ${logFile(options.dataDir)}).`,
      );
    }
    options.logger?.info(`Postgres is tried again: ${said}`);
    await wait(100);
    await endOrphan(cluster.clusterDir);
  }
}

function spawnServer(
  options: EmbeddedPostgresOptions,
  cluster: Cluster,
  binFolder: string,
  user: OsUser | undefined,
  port: number,
): ChildProcess {
  // A file and no pipe: the log outlives us when we are killed. Each start writes its own.
  const log = openSync(logFile(options.dataDir), 'w', 0o600);
  const settings = [
    'listen_addresses=127.0.0.1',
    // TCP only: a lock file of another user's Postgres in /tmp would stop us.
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    // What failed, without the row or the statement it failed on: those hold people's data and secrets.
    'log_error_verbosity=terse',
    'log_min_error_statement=panic',
    ...(options.durable === false ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
  ];
  const args = ['-D', cluster.clusterDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(join(binFolder, 'postgres'), args, {
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
    cwd: '/',
    env: PROGRAM_ENVIRONMENT,
    stdio: ['ignore', log, log],
    // Out of our process group, so that Ctrl-C reaches only us and the database ends last.
    detached: true,
  });
  closeSync(log);
  return child;
}

/** False when the process ended before it was ready. */
async function becomesReady(child: ChildProcess, clusterDir: string): Promise<boolean> {
  let spawnFault: Error | undefined;
  child.once('error', (error) => {
    spawnFault = error;
  });
  const deadline = Date.now() + START_PATIENCE_MS;
  while (child.exitCode === null && child.signalCode === null) {
    const file = readPostmasterFile(clusterDir);
    if (file?.pid === child.pid && file?.state === 'ready') {
      return true;
    }
    if (spawnFault) {
      throw new DatabaseFault(`Postgres cannot be run: ${spawnFault.message}.`);
    }
    if (Date.now() > deadline) {
      await stopChild(child);
      throw new DatabaseFault(`The database in ${clusterDir} was not ready after ${START_PATIENCE_MS / 1000} s.`);
    }
    await wait(POLL_MS);
  }
  return false;
}

async function stopChild(child: ChildProcess): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 15_000] as const,
    ['SIGQUIT', 5_000] as const,
    ['SIGKILL', 5_000] as const,
  ]) {
    if (child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const exited = once(child, 'exit');
    child.kill(signal);
    const patience = new AbortController();
    await Promise.race([exited, wait(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || address === null) {
    throw new DatabaseFault('No free port on 127.0.0.1 for the database.');
  }
  return address.port;
}

const logFile = (dataDir: string) => join(dataDir, 'postgres.log');

function lastWords(dataDir: string): string | undefined {
  try {
    return lastFault(readFileSync(logFile(dataDir), 'utf8'));
  } catch {
    return undefined;
  }
}
