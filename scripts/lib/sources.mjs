import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inCheckout } from './checkout.mjs';

const folders = ['app', 'server', 'db', 'stream-node', 'public'];
const files = [
  'scripts/lib/prepare-database.ts',
  'package-lock.json',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
];

/** A fingerprint of everything that the build is made of; by content, because a checkout changes every file's time. */
export function sourcesFingerprint() {
  const hash = createHash('sha256').update(process.versions.node);
  for (const path of [...files, ...folders.flatMap(listFiles)]) {
    const content = readIfThere(path);
    if (content !== undefined) {
      hash.update(`\0${path}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

function listFiles(folder) {
  let names;
  try {
    names = readdirSync(inCheckout(folder)).sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (statSync(inCheckout(path)).isDirectory()) {
      return listFiles(path);
    }
    return /\.test\.\w+$/.test(name) ? [] : [path];
  });
}

function readIfThere(path) {
  try {
    return readFileSync(inCheckout(path));
  } catch {
    return undefined;
  }
}
