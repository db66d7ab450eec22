import { readFileSync } from 'node:fs';

/**
 * Tells a process from a later one of the same number: its start time, field 22 of proc_pid_stat(5). `gone` for one that
 * has ended, a zombie among them; `alive` where there is no /proc.
 *
 * @param {number} pid
 */
export function processMark(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    return state === 'Z' ? 'gone' : `start:${fields[18]}`;
  } catch {
    try {
      process.kill(pid, 0);
      return 'alive';
    } catch (error) {
      return error.code === 'EPERM' ? 'alive' : 'gone';
    }
  }
}
