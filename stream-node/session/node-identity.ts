import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeId, newId } from '../contract/ids';

/**
 * The id of this node, made once and kept in its data directory: a node that comes back with its disk is the same node
 * and still has its recordings.
 */
export function nodeIdentity(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'node-id');
  try {
    const kept = NodeId.safeParse(readFileSync(file, 'utf8').trim());
    if (kept.success) {
      return kept.data;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
  const made = newId('node');
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}
