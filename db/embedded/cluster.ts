import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseFault } from './database-fault';
import { mayEnter, type OsUser } from './os-user';

/** The one role (superuser of this private server) and the database of the product. */
export const ROLE = 'zyzz';
export const DATABASE = 'zyzz';

/** What Postgres programs get: nothing of our environment (it holds secrets), and messages in English. */
export const PROGRAM_ENVIRONMENT: NodeJS.ProcessEnv = {
  LC_ALL: 'C',
  TZ: 'UTC',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  // Next's types ask every environment for it.
  NODE_ENV: 'production',
};

export type Cluster = { clusterDir: string; password: string };

/** Makes the folder for all that belongs to the database. Throws `DatabaseFault` when it cannot be used. */
export function prepareFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
    // Postgres' own account passes through it; what is secret in it is closed file by file.
    chmodSync(dataDir, 0o711);
  } catch (error) {
    throw new DatabaseFault(`The database folder ${dataDir} cannot be used: ${reason(error)}.`);
  }
}

/** Makes the database cluster in `dataDir`, or finds the one made before. Throws `DatabaseFault` when it is broken. */
export function prepareCluster(dataDir: string, binFolder: string, user: OsUser | undefined): Cluster {
  const passwordFile = join(dataDir, 'password');
  const home = mayEnter(dataDir, user) ? dataDir : homeOutside(dataDir);
  const clusterDir = join(home, 'cluster');
  if (!existsSync(clusterDir)) {
    const password = randomBytes(24).toString('hex');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    createCluster(home, clusterDir, password, binFolder, user);
    return { clusterDir, password };
  }
  requireReadable(clusterDir, binFolder);
  try {
    return { clusterDir, password: readFileSync(passwordFile, 'utf8').trim() };
  } catch {
    throw new DatabaseFault(`The database's password file ${passwordFile} is missing: restore it, or delete ${home}.`);
  }
}

/** Postgres' own account cannot reach a folder below /root (0700): the cluster then lives in /var/lib. */
function homeOutside(dataDir: string): string {
  const keyFile = join(dataDir, 'outside-key');
  if (!existsSync(keyFile)) {
    writeFileSync(keyFile, randomBytes(8).toString('hex'), { mode: 0o600 });
  }
  // The key is part of the name, so that deleting the data folder means a new database here too.
  const name = createHash('sha256').update(dataDir).update(readFileSync(keyFile)).digest('hex').slice(0, 12);
  const home = `/var/lib/zyzz-${name}`;
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o711);
  return home;
}

/** Makes it beside its place and renames it, so that a kill in the middle leaves no half cluster behind. */
function createCluster(home: string, clusterDir: string, password: string, binFolder: string, user?: OsUser): void {
  const unfinished = `${clusterDir}.unfinished`;
  const passwordForInitdb = `${unfinished}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordForInitdb, password, { mode: 0o600 });
  if (user) {
    chownSync(unfinished, user.uid, user.gid);
    chownSync(passwordForInitdb, user.uid, user.gid);
  }
  try {
    // The builtin C.UTF-8 sorts alike on every machine and needs no locale of the system.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = ['--auth=scram-sha-256', `--username=${ROLE}`, `--pwfile=${passwordForInitdb}`];
    run(join(binFolder, 'initdb'), ['-D', unfinished, '--no-sync', ...locale, ...access], home, user);
    // Single-user mode, because the package ships no psql and this module no client.
    run(
      join(binFolder, 'postgres'),
      ['--single', '-D', unfinished, 'postgres'],
      home,
      user,
      `CREATE DATABASE ${DATABASE};\n`,
    );
  } finally {
    rmSync(passwordForInitdb, { force: true });
  }
  renameSync(unfinished, clusterDir);
}

function run(program: string, args: string[], home: string, user?: OsUser, input = ''): void {
  const asUser = user ? { uid: user.uid, gid: user.gid } : {};
  const result = spawnSync(program, args, { ...asUser, cwd: '/', env: PROGRAM_ENVIRONMENT, input, encoding: 'utf8' });
  if (result.status !== 0) {
    const said = result.error?.message ?? lastFault(result.stderr) ?? `exit code ${result.status}`;
    throw new DatabaseFault(`The database could not be made in ${home}: ${said}.`);
  }
}

function requireReadable(clusterDir: string, binFolder: string): void {
  let made: string;
  try {
    made = readFileSync(join(clusterDir, 'PG_VERSION'), 'utf8').trim();
  } catch {
    throw new DatabaseFault(
      `The database folder ${clusterDir} is broken (no PG_VERSION): restore it, or delete it to start anew.`,
    );
  }
  const [, ours] =
    /(\d+)\.\d+/.exec(spawnSync(join(binFolder, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout) ?? [];
  if (ours && ours !== made) {
    throw new DatabaseFault(
      `The database in ${clusterDir} was made by Postgres ${made}, this is Postgres ${ours}: move it by dump and restore.`,
    );
  }
}

/** The last complaint in what a Postgres program wrote, without its prefix. */
export function lastFault(output: string): string | undefined {
  const faults = output.split('\n').filter((line) => /\b(FATAL|PANIC|error):/i.test(line));
  return faults
    .at(-1)
    ?.replace(/^.*?\b(FATAL|PANIC|error):\s*/i, '')
    .replace(/\.$/, '');
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
