import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Installs what a soak drives, where it may (Debian, as root); else says what to install. Packages that are there cost a second. */
export async function installDebianPackages(packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) {
    process.stdout.write(`Not root: install what is missing with: sudo apt-get install ${packages.join(' ')}\n`);
    return;
  }
  await promisify(execFile)('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 64 * 1024 * 1024,
  });
}
