import { type FileHandle, open } from 'node:fs/promises';
import { syncFolderOf } from './journal-files';
import type { JournalFile } from './journal-recovery';

/** How often a journal is synced at most, in milliseconds: what a crash of the machine can cost, all of it unacknowledged. */
const syncIntervalMs = 100;

/** Who is told of a journal. */
export type JournalListener = { synced: () => void; failed: (error: Error) => void };

/**
 * Writes the files of a journal, one after the other. What is handed in waits for its group: a group is written and synced
 * at once, and only then counts as safe. The first error ends it for good.
 */
export class JournalWriter {
  /** what is not written yet, by the file it belongs to */
  #pending: { file: JournalFile; buffers: Uint8Array[] }[] = [];
  #pendingBytes = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lastSyncMs = Number.NEGATIVE_INFINITY;
  #failure: Error | null = null;
  #isClosed = false;
  /** the last sequence that was handed in */
  #upTo: number;
  #syncedUpTo: number;

  /**
   * @param file what `handle` is of, whole on disk as far as it is written
   * @param upTo the last sequence in it
   */
  constructor(
    private handle: FileHandle,
    private file: JournalFile,
    upTo: number,
    private readonly listener: JournalListener,
  ) {
    this.#upTo = upTo;
    this.#syncedUpTo = upTo;
  }

  /** The last sequence that is safe on disk; -1 before the first. */
  get syncedUpTo(): number {
    return this.#syncedUpTo;
  }

  /** Bytes handed in and not yet safe. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The one that was written to last. */
  get written(): JournalFile {
    return this.file;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Hands in what is to be written next; never waits.
   *
   * @param file the newest, or one that follows it
   * @param upTo the last sequence of the journal once this is in it
   */
  put(file: JournalFile, buffers: readonly Uint8Array[], upTo: number): void {
    let last = this.#pending.at(-1);
    if (last?.file !== file) {
      last = { file, buffers: [] };
      this.#pending.push(last);
    }
    last.buffers.push(...buffers);
    this.#pendingBytes += buffers.reduce((sum, each) => sum + each.byteLength, 0);
    this.#upTo = upTo;
    this.#schedule();
  }

  /** Resolves when all that was handed in is safe. @throws the error of the file system that ended it */
  async sync(): Promise<void> {
    while ((this.#pendingBytes > 0 || this.#writing !== null) && this.#failure === null) {
      if (this.#timer !== null) {
        clearTimeout(this.#timer);
        this.#timer = null;
      }
      await (this.#writing ?? this.#write());
    }
    if (this.#failure !== null) {
      throw this.#failure;
    }
  }

  /** @throws the error of the file system that ended it; it is closed all the same */
  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      this.#isClosed = true;
      await this.handle.close();
    }
  }

  #schedule(): void {
    if (this.#timer !== null || this.#writing !== null || this.#failure !== null || this.#pendingBytes === 0) {
      return;
    }
    const waitMs = Math.max(0, this.#lastSyncMs + syncIntervalMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#write();
    }, waitMs);
  }

  /** Writes and syncs all that waits; never rejects. */
  async #write(): Promise<void> {
    this.#writing = this.#writeGroup();
    await this.#writing;
    this.#writing = null;
    this.#schedule();
  }

  async #writeGroup(): Promise<void> {
    const group = this.#pending;
    const byteLength = this.#pendingBytes;
    const upTo = this.#upTo;
    this.#pending = [];
    this.#lastSyncMs = performance.now();
    try {
      for (const { file, buffers } of group) {
        await this.#writeTo(file, Buffer.concat(buffers));
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.listener.failed(this.#failure);
      return;
    }
    this.#pendingBytes -= byteLength;
    this.#syncedUpTo = upTo;
    this.listener.synced();
  }

  /** A file is whole on disk before the next one is there. */
  async #writeTo(file: JournalFile, bytes: Buffer): Promise<void> {
    const isNew = file !== this.file;
    if (isNew) {
      const handle = await open(file.path, 'w', 0o600);
      await this.handle.close();
      this.handle = handle;
      this.file = file;
    }
    await this.handle.appendFile(bytes);
    await this.handle.datasync();
    if (isNew) {
      await syncFolderOf(file.path);
    }
  }
}
