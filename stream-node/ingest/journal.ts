import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Chunk } from '../contract/ingest-protocol';
import {
  encodeHeader,
  encodeRecord,
  type JournalHeader,
  type JournalNote,
  type JournalRecord,
  readHeader,
  readRecords,
} from './journal-format';

/** How often a journal is synced at most, in milliseconds: what a crash of the machine can cost, all of it unacknowledged. */
const syncIntervalMs = 100;

export function journalPath(dataDirectory: string, streamId: string, recorderSession: string): string {
  return join(dataDirectory, 'journals', streamId, `${recorderSession}.journal`);
}

/**
 * Everything one recorder session sent, in order, on disk. Appending is immediate, syncing is in groups; what is synced
 * survives a crash of the process and of the machine, and only that is acknowledged to the publisher.
 */
export class Journal {
  private pending: Uint8Array[] = [];
  private pendingLength = 0;
  private writing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private lastSyncMs = Number.NEGATIVE_INFINITY;
  private appended: number;
  private synced: number;
  private failure: Error | null = null;
  private closed = false;

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly recordsOffset: number,
    readonly recoveredNotes: readonly JournalNote[],
    /** of the file once all that was handed in is written */
    private endOffset: number,
    lastSequence: number,
    private readonly listener: { synced: () => void; failed: (error: Error) => void },
  ) {
    this.appended = lastSequence;
    this.synced = lastSequence;
  }

  /**
   * Makes the journal of a session, or opens the one an earlier process left: its valid prefix counts, a torn tail is cut.
   * A file without a whole header line never acknowledged anything and is begun anew.
   *
   * @throws Error of the file system, and when the file is of another session
   */
  static async open(
    path: string,
    header: JournalHeader,
    listener: { synced: () => void; failed: (error: Error) => void },
  ): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a+', 0o600);
    try {
      const found = await readHeader(file);
      if (found === null) {
        await file.truncate(0);
        const line = encodeHeader(header);
        await file.appendFile(line);
        await file.sync();
        return new Journal(path, file, line.byteLength, [], line.byteLength, -1, listener);
      }
      if (found.header.streamId !== header.streamId || found.header.recorderSession !== header.recorderSession) {
        throw new Error(`the journal ${path} is of another session`);
      }
      const notes: JournalNote[] = [];
      let lastSequence = -1;
      let validBytes = found.endOffset;
      for await (const { record, endOffset } of readRecords(file, found.endOffset)) {
        if (record.kind === 'note') {
          notes.push(record.note);
        } else {
          lastSequence = record.chunk.sequence;
        }
        validBytes = endOffset;
      }
      await file.truncate(validBytes);
      await file.datasync();
      return new Journal(path, file, found.endOffset, notes, validBytes, lastSequence, listener);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The last sequence handed in; -1 before the first. */
  get appendedSequence(): number {
    return this.appended;
  }

  /** The last sequence that is safe on disk; -1 before the first. */
  get syncedSequence(): number {
    return this.synced;
  }

  /** Bytes handed in and not yet safe. */
  get pendingBytes(): number {
    return this.pendingLength;
  }

  /** @returns where the chunk begins, for {@link chunks} */
  append(chunk: Chunk): number {
    this.appended = chunk.sequence;
    return this.enqueue({ kind: 'chunk', chunk });
  }

  note(note: JournalNote): void {
    this.enqueue({ kind: 'note', note });
  }

  /** Resolves when all that was handed in is safe. @throws the error of the file system that stopped the journal */
  async sync(): Promise<void> {
    while ((this.pendingLength > 0 || this.writing !== null) && this.failure === null) {
      if (this.timer !== null) {
        clearTimeout(this.timer);
        this.timer = null;
      }
      await (this.writing ?? this.write());
    }
    if (this.failure !== null) {
      throw this.failure;
    }
  }

  /**
   * The chunks that are safe when their turn comes, in order, from the one that begins at `fromOffset` on. A closed journal
   * can still be read.
   */
  async *chunks(fromOffset = this.recordsOffset): AsyncGenerator<{ chunk: Chunk; offset: number }> {
    const file = await open(this.path, 'r');
    try {
      let offset = fromOffset;
      for await (const { record, endOffset } of readRecords(file, fromOffset)) {
        if (record.kind === 'chunk') {
          yield { chunk: record.chunk, offset };
        }
        offset = endOffset;
      }
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {
    if (this.closed) {
      return;
    }
    try {
      await this.sync();
    } finally {
      this.closed = true;
      await this.file.close();
    }
  }

  /** Closes the journal and removes its file. */
  async delete(): Promise<void> {
    await this.close().catch(() => {});
    await rm(this.path, { force: true });
  }

  private enqueue(record: JournalRecord): number {
    const [header, bytes] = encodeRecord(record);
    const offset = this.endOffset;
    this.pending.push(header, bytes);
    this.pendingLength += header.byteLength + bytes.byteLength;
    this.endOffset += header.byteLength + bytes.byteLength;
    this.schedule();
    return offset;
  }

  private schedule(): void {
    if (this.timer !== null || this.writing !== null || this.failure !== null || this.pendingLength === 0) {
      return;
    }
    const waitMs = Math.max(0, this.lastSyncMs + syncIntervalMs - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.write();
    }, waitMs);
  }

  /** Writes and syncs all that waits; never rejects. */
  private async write(): Promise<void> {
    this.writing = this.writeBatch();
    await this.writing;
    this.writing = null;
    this.schedule();
  }

  private async writeBatch(): Promise<void> {
    const batch = Buffer.concat(this.pending);
    const upTo = this.appended;
    this.pending = [];
    this.lastSyncMs = performance.now();
    try {
      await this.file.appendFile(batch);
      await this.file.datasync();
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.listener.failed(this.failure);
      return;
    }
    this.pendingLength -= batch.byteLength;
    this.synced = upTo;
    this.listener.synced();
  }
}
