import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseFault } from './database-fault';

const POLL_MS = 20;

/** The first line (process id) and the eighth (state) of a cluster's `postmaster.pid`, as pg_ctl reads them. */
export function readPostmasterFile(clusterDir: string): { pid: number; state: string } | undefined {
  try {
    const lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 1 ? { pid, state: lines[7]?.trim() ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Ends the Postgres that a killed owner left running on this cluster, and removes the pid file of one that is gone.
 * Postgres itself takes any living process of that number for its rival, a zombie or a stranger's too.
 */
export async function endOrphan(clusterDir: string): Promise<void> {
  const left = readPostmasterFile(clusterDir);
  if (left) {
    await endProcess(left.pid, clusterDir);
  }
  rmSync(join(clusterDir, 'postmaster.pid'), { force: true });
}

async function endProcess(pid: number, clusterDir: string): Promise<void> {
  // SIGTERM would wait for clients ("smart"); SIGINT is a clean fast stop; SIGQUIT leaves recovery to the next start.
  for (const [signal, patienceMs] of [['SIGINT', 15_000] as const, ['SIGQUIT', 5_000] as const]) {
    if (!isPostmasterOf(pid, clusterDir)) {
      return;
    }
    try {
      process.kill(pid, signal);
    } catch {
      throw new DatabaseFault(
        `Postgres (process ${pid}) already runs on ${clusterDir} under another user: stop it first.`,
      );
    }
    const deadline = Date.now() + patienceMs;
    while (isPostmasterOf(pid, clusterDir) && Date.now() < deadline) {
      await wait(POLL_MS);
    }
  }
  if (isPostmasterOf(pid, clusterDir)) {
    throw new DatabaseFault(
      `Postgres (process ${pid}) already runs on ${clusterDir} and does not stop: stop it first.`,
    );
  }
}

function isPostmasterOf(pid: number, clusterDir: string): boolean {
  return commandLine(pid).includes(clusterDir);
}

/** Empty for a process that is gone or a zombie. */
function commandLine(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}
