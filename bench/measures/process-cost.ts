import { readFileSync } from 'node:fs';

/** USER_HZ of Linux: the unit of times in `/proc`. */
const ticksPerSecond = 100;

/**
 * Processor time of a process so far, user and system, in milliseconds (proc(5), `stat`).
 *
 * @param options.withChildren that of its children as well, once they were waited for
 */
export function cpuMsOf(processId: number, options: { withChildren?: boolean } = {}): number {
  const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
  // What follows the name, which may hold spaces, begins with field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  const own = (user ?? 0) + (system ?? 0);
  const children = options.withChildren ? (childUser ?? 0) + (childSystem ?? 0) : 0;
  return ((own + children) * 1000) / ticksPerSecond;
}

/** Memory of a process that is in use now, in bytes (proc(5), `status`: VmRSS). */
export function residentBytesOf(processId: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** The arguments of a running process, its program left out. */
export function argumentsOf(processId: number): string[] {
  return readFileSync(`/proc/${processId}/cmdline`, 'utf8').split('\0').slice(1, -1);
}
