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
  writeFileSync(nodeStamp(), process.versions.modules);
}

const nodeStamp = () => inCheckout('node_modules', '.zyzz-node-abi');

function installed() {
  if (!existsSync(inCheckout('node_modules', '.package-lock.json'))) {
    return false;
  }
  // Native packages are made for one ABI of Node; without a note the packages were installed by hand, with this Node.
  if (existsSync(nodeStamp()) && readFileSync(nodeStamp(), 'utf8') !== process.versions.modules) {
    return false;
  }
  return matches(readLock('package-lock.json'), readLock('node_modules', '.package-lock.json'));
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
 * @param {Record<string, { version?: string, optional?: boolean, peer?: boolean }>} wanted the lock
 * @param {Record<string, { version?: string }>} present npm's own note of what it installed
 */
export function matches(wanted, present) {
  return Object.entries(wanted).every(([path, entry]) => {
    const found = present[path];
    return path === '' || (found ? found.version === entry.version : entry.optional === true || entry.peer === true);
  });
}
