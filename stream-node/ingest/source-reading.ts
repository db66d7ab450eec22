import type { Readable } from 'node:stream';
import type { Journal, JournalPlace } from './journal';
import { SourceBytes } from './source-bytes';

/** Where in a journal a reading begins. */
export type ReadingStart = {
  /** how many of the first media bytes are handed out before anything else: what a decoder must know of the container */
  readonly headBytes: number;
  /** of the record in which the media goes on */
  readonly place: JournalPlace;
  /** media bytes of that record that are left out */
  readonly skipBytes: number;
};

/**
 * One reading of a session's bytes: what the journal holds from some point on, then the live bytes without a gap. A session
 * has at most one at a time.
 */
export class SourceReading {
  private readonly out: SourceBytes;
  private isLive: boolean;
  private isEnding = false;

  private constructor(onDrained: () => void, catchUp: ((reading: SourceReading) => Promise<void>) | null) {
    this.out = new SourceBytes(onDrained);
    this.isLive = catchUp === null;
    catchUp?.(this).catch((error) => this.fail(error));
  }

  /** A reading from the very first byte of a session that has received none yet. */
  static live(onDrained: () => void): SourceReading {
    return new SourceReading(onDrained, null);
  }

  /**
   * A reading that begins in the journal, `null`: at its first chunk. It ends where the journal was cut: what comes before
   * tells of what the media is made.
   */
  static replay(journal: Journal, start: ReadingStart | null, onDrained: () => void): SourceReading {
    return new SourceReading(onDrained, (reading) => reading.catchUp(journal, start));
  }

  get bytes(): Readable {
    return this.out.readable;
  }

  /** The reader cannot keep up with what arrives: whoever sends must pause. A replay needs no pause, it has the disk. */
  get full(): boolean {
    return this.isLive && this.out.full;
  }

  /** Media that was just handed to the journal. */
  push(bytes: Uint8Array): void {
    if (this.isLive) {
      this.out.push(bytes);
    }
  }

  /** No more media arrives; all that was handed to the journal is still read. */
  end(): void {
    this.isEnding = true;
    if (this.isLive) {
      this.out.end();
    }
  }

  /** Nobody reads any more. */
  stop(): void {
    this.out.readable.destroy();
  }

  /** Reads the journal up to what arrives meanwhile, then lets the live bytes through. */
  private async catchUp(journal: Journal, start: ReadingStart | null): Promise<void> {
    await journal.sync();
    if (start !== null) {
      await this.replayHead(journal, start.headBytes);
    }
    let sequence = -1;
    let skipBytes = start?.skipBytes ?? 0;
    for await (const { chunk } of journal.chunks(start?.place)) {
      await this.out.room();
      if (this.out.isOver) {
        return;
      }
      if (sequence >= 0 && chunk.sequence !== sequence + 1) {
        this.out.end();
        return;
      }
      this.out.push(chunk.bytes.subarray(skipBytes));
      skipBytes = 0;
      sequence = chunk.sequence;
      // A record can be seen before it is synced; the one after it may then be half written.
      if (sequence >= journal.syncedSequence) {
        await journal.sync();
      }
      if (sequence === journal.appendedSequence) {
        // Before the loop is left, which awaits: the very next chunk that arrives is live.
        this.goLive();
        return;
      }
    }
    if (sequence !== journal.appendedSequence) {
      throw new Error(`the journal ends at chunk ${sequence}, before ${journal.appendedSequence}`);
    }
    this.goLive();
  }

  private async replayHead(journal: Journal, headBytes: number): Promise<void> {
    let left = headBytes;
    for await (const { chunk } of journal.chunks()) {
      this.out.push(chunk.bytes.subarray(0, left));
      left -= chunk.bytes.byteLength;
      if (left <= 0) {
        return;
      }
    }
  }

  private goLive(): void {
    this.isLive = true;
    if (this.isEnding) {
      this.out.end();
    }
  }

  private fail(error: unknown): void {
    this.out.readable.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
