import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inCheckout } from './checkout.mjs';
import { LaunchFault } from './launch-fault.mjs';
import { runProgram, tail } from './run-program.mjs';

/**
 * Installs the packages of the lock when what is installed is not what the lock asks for.
 *
 * @param {(what: string) => void} say
 */
export async function ensurePackages(say) {
  if (installed()) {
    return;
  }
  say('npm ci: installing the packages');
  // Development packages too: the build needs TypeScript's, whatever NODE_ENV says.
  const { code, output } = await runProgram('npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (code !== 0) {
    throw new LaunchFault(`The packages could not be installed ("npm ci" says why):\n${tail(output)}`);
  }
  writeFileSync(stampFile(), stamp());
}

const hiddenLock = ['node_modules', '.package-lock.json'];
const stampFile = () => inCheckout('node_modules', '.zyzz-installed');

/** What was installed, by which lock, for which binary interface of Node. */
function stamp() {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const parts of [['package-lock.json'], hiddenLock]) {
    hash.update(readFileSync(inCheckout(...parts)));
  }
  return hash.digest('hex');
}

function installed() {
  if (!existsSync(inCheckout(...hiddenLock))) {
    return false;
  }
  if (existsSync(stampFile()) && readFileSync(stampFile(), 'utf8') === stamp()) {
    return true;
  }
  // Packages that were installed by hand are left alone when they are the lock's.
  return matches(readLock('package-lock.json'), readLock(...hiddenLock));
}

function readLock(...parts) {
  try {
    return JSON.parse(readFileSync(inCheckout(...parts), 'utf8')).packages;
  } catch {
    throw new LaunchFault(`${inCheckout(...parts)} is missing or broken: restore it from git.`);
  }
}

/**
 * Whether each package of the lock is there in its version; optional ones (other platforms' builds) may be missing.
 *
 * @param {Record<string, { version?: string, optional?: boolean, peer?: boolean, extraneous?: boolean }>} wanted the lock
 * @param {Record<string, { version?: string }>} present npm's own note of what it installed
 */
export function matches(wanted, present) {
  return Object.entries(wanted).every(([path, entry]) => {
    const found = present[path];
    const mayBeMissing = entry.optional || entry.peer || entry.extraneous || path === '';
    return found ? found.version === entry.version : mayBeMissing === true;
  });
}
