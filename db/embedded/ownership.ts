import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseFault } from './database-fault';

/**
 * Notes that this process runs the database of `dataDir`, so that a second starter does not take the living one for an
 * orphan and stop it. Throws `DatabaseFault` while another process owns it; a dead owner's note counts for nothing.
 */
export function claimOwnership(dataDir: string): { release(): void } {
  const file = join(dataDir, 'owner');
  const owner = readOwner(file);
  if (owner && processMark(owner.pid) === owner.mark) {
    throw new DatabaseFault(`The database in ${dataDir} is already in use by process ${owner.pid}.`);
  }
  writeFileSync(file, `${process.pid} ${processMark(process.pid)}`, { mode: 0o600 });
  return { release: () => rmSync(file, { force: true }) };
}

function readOwner(file: string): { pid: number; mark: string } | undefined {
  try {
    const [pid, mark] = readFileSync(file, 'utf8').split(' ');
    return pid && mark ? { pid: Number(pid), mark } : undefined;
  } catch {
    return undefined;
  }
}

/** Tells a process from a later one of the same number: its start time, field 22 of proc_pid_stat(5). */
function processMark(pid: number): string {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return isAlive(pid) ? 'alive' : 'gone';
  }
  const [state, ...fields] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  // A zombie has ended; its parent only has not asked yet.
  return state === 'Z' ? 'gone' : `start:${fields[18]}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
