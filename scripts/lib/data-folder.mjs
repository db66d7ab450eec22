import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchFault } from './launch-fault.mjs';
import { processMark } from './process-mark.mjs';

/** Makes the data folder. Throws a `LaunchFault` when it cannot be used. @param {string} dataDir */
export function prepareDataFolder(dataDir) {
  try {
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    // Postgres runs under an account of its own when root starts it and passes through here; each secret is closed itself.
    chmodSync(dataDir, 0o711);
    writeFileSync(join(dataDir, 'logs', '.writable'), '');
  } catch (error) {
    throw new LaunchFault(`The data folder ${dataDir} cannot be used: ${error.message}.`);
  }
}

/**
 * A secret that is made once and kept in the data folder, readable by its owner alone.
 *
 * @param {string} dataDir @param {string} name of the file
 */
export function keptSecret(dataDir, name) {
  const file = join(dataDir, name);
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw new LaunchFault(`The secret ${file} cannot be written: ${error.message}.`);
    }
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 16) {
    throw new LaunchFault(
      `The secret in ${file} is too short (16 characters at least): delete the file to have one made.`,
    );
  }
  return secret;
}

/**
 * Notes that this process runs the data folder. A second start is refused; what a killed one left running is ended.
 *
 * @param {string} file
 * @returns {Promise<{ noteChildren(children: { pid: number, name: string }[]): void, release(): void }>}
 */
export async function claimDataFolder(file) {
  const mine = `${process.pid} ${processMark(process.pid)}`;
  const [owner, ...orphans] = readClaim(file);
  if (owner && processMark(owner.pid) === owner.mark) {
    throw new LaunchFault(`zyzz is already running (process ${owner.pid}) on this data folder: stop it first.`);
  }
  await endOrphans(orphans);
  writeFileSync(file, mine, { mode: 0o600 });
  return {
    noteChildren: (children) => {
      const lines = children.map(({ pid, name }) => `${pid} ${processMark(pid)} ${name}`);
      writeFileSync(file, [mine, ...lines].join('\n'), { mode: 0o600 });
    },
    release: () => rmSync(file, { force: true }),
  };
}

function readClaim(file) {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .map(([pid, mark]) => ({ pid: Number(pid), mark }));
  } catch {
    return [];
  }
}

/** Children end by themselves when they lose us; this waits for it, so that their ports are free, and insists after 10 s. */
async function endOrphans(orphans) {
  const deadline = Date.now() + 10_000;
  for (const { pid, mark } of orphans) {
    while (processMark(pid) === mark) {
      if (Date.now() > deadline) {
        process.kill(-pid, 'SIGKILL');
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
