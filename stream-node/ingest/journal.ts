import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Chunk } from '../contract/ingest-protocol';
import type { ContainerPosition } from './container-position';
import { continuationPath, removeContinuations, syncFolderOf } from './journal-files';
import {
  encodeHeader,
  encodeRecord,
  type JournalHeader,
  type JournalNote,
  type JournalRecord,
  readRecords,
} from './journal-format';
import { type JournalFile, recoverJournal } from './journal-recovery';
import { type JournalListener, JournalWriter } from './journal-writer';

/** Where a record of a journal begins. */
export type JournalPlace = { readonly file: number; readonly offset: number };

/**
 * Everything one recorder session sent, in order, on disk. Appending is immediate, syncing is in groups; what is synced
 * survives a crash of the process and of the machine, and only that is acknowledged to the publisher. It is kept in several
 * files, so that a long session need not be kept whole: see {@link rotate} and {@link dropBefore}.
 */
export class Journal {
  private appended: number;
  private dropping: Promise<void> = Promise.resolve();
  private readonly writer: JournalWriter;
  /** what is appended belongs to it */
  private newest: JournalFile;

  private constructor(
    readonly path: string,
    private readonly header: JournalHeader,
    private files: readonly [JournalFile, ...JournalFile[]],
    handle: FileHandle,
    readonly recoveredNotes: readonly JournalNote[],
    /** of the newest file once all that was handed in is written */
    private endOffset: number,
    lastSequence: number,
    listener: JournalListener,
  ) {
    this.appended = lastSequence;
    this.newest = files.at(-1) ?? files[0];
    this.writer = new JournalWriter(handle, this.newest, lastSequence, listener);
  }

  /**
   * Makes the journal of a session, or opens the one an earlier process left: its valid prefix counts, a torn tail is cut.
   * A file without a whole header line never acknowledged anything and is begun anew.
   *
   * @throws Error of the file system, and when the file is of another session
   */
  static async open(path: string, header: JournalHeader, listener: JournalListener): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const found = await recoverJournal(path);
    if (found === null) {
      const line = encodeHeader(header);
      const handle = await open(path, 'w', 0o600);
      try {
        await handle.appendFile(line);
        await handle.sync();
        await syncFolderOf(path);
      } catch (error) {
        await handle.close();
        throw error;
      }
      const first = { number: 0, path, recordsOffset: line.byteLength, continues: undefined };
      return new Journal(path, header, [first], handle, [], line.byteLength, -1, listener);
    }
    if (found.header.streamId !== header.streamId || found.header.recorderSession !== header.recorderSession) {
      throw new Error(`the journal ${path} is of another session`);
    }
    const { files, notes, endOffset, lastSequence } = found;
    const handle = await open(files.at(-1)?.path ?? path, 'a', 0o600);
    try {
      await handle.datasync();
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new Journal(path, found.header, files, handle, notes, endOffset, lastSequence, listener);
  }

  /** The last sequence handed in; -1 before the first. */
  get appendedSequence(): number {
    return this.appended;
  }

  /** The last sequence that is safe on disk; -1 before the first. */
  get syncedSequence(): number {
    return this.writer.syncedUpTo;
  }

  /** Bytes handed in and not yet safe. */
  get pendingBytes(): number {
    return this.writer.pendingBytes;
  }

  /** Bytes of the newest file, header and all. */
  get newestFileBytes(): number {
    return this.endOffset;
  }

  /** The oldest file that is held behind a hole; `null` when everything is held from the first chunk on. */
  get firstBehindCut(): JournalFile | null {
    const second = this.files[1];
    return second !== undefined && second.number > 1 ? second : null;
  }

  /** @returns where the chunk begins, for {@link chunks} */
  append(chunk: Chunk): JournalPlace {
    this.appended = chunk.sequence;
    return this.enqueue({ kind: 'chunk', chunk });
  }

  note(note: JournalNote): void {
    this.enqueue({ kind: 'note', note });
  }

  /**
   * What follows goes into another file.
   *
   * @param position how far the container was read by the last chunk handed in
   */
  rotate(position: ContainerPosition): void {
    const number = this.newest.number + 1;
    const continues = { fromSequence: this.appended + 1, position };
    const line = encodeHeader({ ...this.header, continues });
    this.newest = { number, path: continuationPath(this.path, number), recordsOffset: line.byteLength, continues };
    this.files = [...this.files, this.newest];
    this.endOffset = 0;
    this.put([line]);
  }

  /**
   * Nobody needs what lies before this file any more: the files before it are removed, but for the first one, which holds the
   * container's head.
   *
   * @returns whether there were any
   */
  dropBefore(file: number): boolean {
    const isDropped = ({ number }: JournalFile) => number > 0 && number < file && number < this.writer.written.number;
    const numbers = this.files.filter(isDropped).map(({ number }) => number);
    const [first, ...others] = this.files;
    this.files = [first, ...others.filter((each) => !isDropped(each))];
    // What cannot be removed now is removed by whoever opens the journal next.
    this.dropping = this.dropping.then(() => removeContinuations(this.path, numbers)).catch(() => {});
    return numbers.length > 0;
  }

  /** Resolves when all that was handed in is safe. @throws the error of the file system that stopped the journal */
  async sync(): Promise<void> {
    await this.writer.sync();
  }

  /**
   * The chunks that are safe when their turn comes, in order, from the one that begins at `from` on, and over a hole where
   * files were dropped. A closed journal can still be read.
   */
  async *chunks(from?: JournalPlace): AsyncGenerator<{ chunk: Chunk; place: JournalPlace }> {
    let current = this.files.find(({ number }) => number === (from?.file ?? 0));
    let offset = from?.offset ?? current?.recordsOffset ?? 0;
    while (current !== undefined) {
      const { number, path } = current;
      const file = await open(path, 'r');
      try {
        for await (const { record, endOffset } of readRecords(file, offset)) {
          if (record.kind === 'chunk') {
            yield { chunk: record.chunk, place: { file: number, offset } };
          }
          offset = endOffset;
        }
      } finally {
        await file.close();
      }
      current = this.files.find((each) => each.number > number);
      offset = current?.recordsOffset ?? 0;
    }
  }

  async close(): Promise<void> {
    if (this.writer.isClosed) {
      return;
    }
    try {
      await this.writer.close();
    } finally {
      await this.dropping;
    }
  }

  /** Closes the journal and removes its files; the first one first, for without it the others count for nothing. */
  async delete(): Promise<void> {
    await this.close().catch(() => {});
    await rm(this.path, { force: true });
    const numbers = this.files.map(({ number }) => number).filter((number) => number > 0);
    await removeContinuations(this.path, numbers);
  }

  private enqueue(record: JournalRecord): JournalPlace {
    const place = { file: this.newest.number, offset: this.endOffset };
    this.put(encodeRecord(record));
    return place;
  }

  private put(buffers: readonly Uint8Array[]): void {
    this.endOffset += buffers.reduce((sum, each) => sum + each.byteLength, 0);
    this.writer.put(this.newest, buffers, this.appended);
  }
}
