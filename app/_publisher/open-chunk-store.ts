import { IndexedDbStore } from './indexed-db-store';
import type { ChunkStore } from './kept-session';

const patienceMs = 3000;

/**
 * The browser's store; null where it has none or does not open it, as in some private windows, and where a tab cannot
 * mark what is its own: the media of a living tab must never be taken for left behind.
 */
export async function openChunkStore(): Promise<ChunkStore | null> {
  if (!('locks' in navigator) || !('indexedDB' in globalThis)) {
    return null;
  }
  const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), patienceMs));
  return await Promise.race([IndexedDbStore.open().catch(() => null), patience]);
}
