import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LaunchFault } from './launch-fault.mjs';

/** The folder of the checkout: where every command works, from wherever it was called. */
export const checkout = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @param {string[]} parts */
export const inCheckout = (...parts) => join(checkout, ...parts);

/** The oldest Node that the packages run on (`engines` of package.json). */
export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new LaunchFault(
      `zyzz needs Node 20.19 or newer, and this is ${version}: install it from https://nodejs.org.`,
    );
  }
}
