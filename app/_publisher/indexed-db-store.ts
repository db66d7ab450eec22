import { z } from 'zod';
import type { Chunk } from '../../stream-node/contract/ingest-protocol';
import { type ChunkStore, KeptSession, type StoreChange } from './kept-session';

const databaseName = 'zyzz-kept-media';
const databaseVersion = 1;
/** by recorder session */
const sessionsStore = 'sessions';
/** by recorder session and sequence */
const chunksStore = 'chunks';

const StoredChunk = z.object({
  sequence: z.int().min(0),
  captureTimeMs: z.number(),
  bytes: z.instanceof(Uint8Array),
});

/**
 * Captured media in the browser's own database. What was written is there after the tab was killed; `relaxed` means that
 * only a crash of the whole machine can still lose the last moments, and that a write does not wait for the disk.
 */
export class IndexedDbStore implements ChunkStore {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // Another page with a newer version of this database waits for us; what is on air there matters more.
    database.addEventListener('versionchange', () => database.close());
  }

  /** Rejects where the browser keeps nothing, as some do in private windows. */
  static async open(name = databaseName): Promise<IndexedDbStore> {
    const request = indexedDB.open(name, databaseVersion);
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore(sessionsStore, { keyPath: 'hello.recorderSession' });
      request.result.createObjectStore(chunksStore);
    });
    return new IndexedDbStore(await resultOf(request));
  }

  async write({ session, chunks, dropUpTo }: StoreChange): Promise<void> {
    const { recorderSession } = session.hello;
    const transaction = this.#begin('readwrite');
    transaction.objectStore(sessionsStore).put(session);
    const stored = transaction.objectStore(chunksStore);
    for (const chunk of chunks) {
      stored.put({ ...chunk, bytes: ownBytes(chunk.bytes) }, [recorderSession, chunk.sequence]);
    }
    if (dropUpTo >= 0) {
      stored.delete(IDBKeyRange.bound([recorderSession, 0], [recorderSession, dropUpTo]));
    }
    await completed(transaction);
  }

  async sessions(): Promise<KeptSession[]> {
    const rows = await resultOf(this.#begin('readonly').objectStore(sessionsStore).getAll());
    return rows.flatMap((row) => {
      const { data } = KeptSession.safeParse(row);
      return data === undefined ? [] : [data];
    });
  }

  async chunks(recorderSession: string): Promise<Chunk[]> {
    const rows = await resultOf(this.#begin('readonly').objectStore(chunksStore).getAll(allOf(recorderSession)));
    return z.array(StoredChunk).parse(rows);
  }

  async remove(recorderSession: string): Promise<void> {
    const transaction = this.#begin('readwrite');
    transaction.objectStore(sessionsStore).delete(recorderSession);
    transaction.objectStore(chunksStore).delete(allOf(recorderSession));
    await completed(transaction);
  }

  close(): void {
    this.#database.close();
  }

  #begin(mode: 'readonly' | 'readwrite'): IDBTransaction {
    return this.#database.transaction([sessionsStore, chunksStore], mode, { durability: 'relaxed' });
  }
}

const allOf = (recorderSession: string) =>
  IDBKeyRange.bound([recorderSession, 0], [recorderSession, Number.POSITIVE_INFINITY]);

/** A view is stored with all of the buffer that it looks at. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser keeps nothing')));
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('the browser kept nothing')));
  });
}
