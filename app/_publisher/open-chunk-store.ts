import { IndexedDbStore } from './indexed-db-store';
import type { ChunkStore } from './kept-session';
import { pageNowMs } from './page-clock';

const patienceMs = 3000;
/** What nobody came back for in a week is not kept for ever. */
const keptMsMax = 7 * 24 * 3600 * 1000;

/**
 * The browser's store; null where it has none or does not open it, as in some private windows, and where a tab cannot
 * mark what is its own: the media of a living tab must never be taken for left behind.
 */
export async function openChunkStore(): Promise<ChunkStore | null> {
  if (!('locks' in navigator) || !('indexedDB' in globalThis)) {
    return null;
  }
  const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), patienceMs));
  return await Promise.race([openAndTidy().catch(() => null), patience]);
}

async function openAndTidy(): Promise<ChunkStore> {
  const store = await IndexedDbStore.open();
  for (const { hello, capturedUntilMs } of await store.sessions()) {
    if (capturedUntilMs < pageNowMs() - keptMsMax) {
      await store.remove(hello.recorderSession);
    }
  }
  return store;
}
