import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DatabaseFault } from './database-fault';

/** The account that Postgres runs under; undefined: the account of this process. */
export type OsUser = { uid: number; gid: number; name: string };

/** Postgres refuses to run as root, so root lends it the account `postgres`, or else `nobody`. */
export function postgresUser(passwdFile = '/etc/passwd'): OsUser | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const accounts = readFileSync(passwdFile, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const account = accounts.find(([name]) => name === wanted);
    if (account?.[2] && account[3]) {
      return { name: wanted, uid: Number(account[2]), gid: Number(account[3]) };
    }
  }
  throw new DatabaseFault(
    'Postgres does not run as root and this machine has neither a user "postgres" nor "nobody": run as an ordinary user.',
  );
}

/** Whether `user` may enter `folder`; asked of the kernel, because modes alone do not tell (ACLs, mounts). */
export function mayEnter(folder: string, user: OsUser | undefined): boolean {
  const asUser = user ? { uid: user.uid, gid: user.gid } : {};
  return (
    spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...asUser, cwd: '/', stdio: 'ignore' }).status === 0
  );
}
