import type { Chunk } from '../../../stream-node/contract/ingest-protocol';
import type { ChunkStore, KeptSession, StoreChange } from '../kept-session';

/** A store that keeps nothing beyond the test, takes a while as a real one does, and can be told to fail. */
export class MemoryStore implements ChunkStore {
  readonly #kept = new Map<string, { session: KeptSession; chunks: Map<number, Chunk> }>();
  isFailing = false;
  writes = 0;

  async write({ session, chunks, dropUpTo }: StoreChange): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.isFailing) {
      throw new Error('the quota is used up');
    }
    this.writes += 1;
    const { recorderSession } = session.hello;
    const kept = this.#kept.get(recorderSession)?.chunks ?? new Map<number, Chunk>();
    for (const chunk of chunks) {
      kept.set(chunk.sequence, chunk);
    }
    for (const sequence of [...kept.keys()].filter((known) => known <= dropUpTo)) {
      kept.delete(sequence);
    }
    this.#kept.set(recorderSession, { session, chunks: kept });
  }

  async sessions(): Promise<KeptSession[]> {
    return [...this.#kept.values()].map(({ session }) => session);
  }

  async chunks(recorderSession: string): Promise<Chunk[]> {
    const chunks = [...(this.#kept.get(recorderSession)?.chunks.values() ?? [])];
    return chunks.toSorted((a, b) => a.sequence - b.sequence);
  }

  async remove(recorderSession: string): Promise<void> {
    this.#kept.delete(recorderSession);
  }

  sessionIds(): string[] {
    return [...this.#kept.keys()];
  }
}
