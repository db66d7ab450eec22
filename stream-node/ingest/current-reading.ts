import type { Readable } from 'node:stream';
import type { Journal } from './journal';
import { type ReadingStart, SourceReading } from './source-reading';

/**
 * The one reading of a session's bytes at a time. The first gets what arrived as it came, without the disk; whoever reads
 * again begins in the journal.
 */
export class CurrentReading {
  #reading: SourceReading | null = null;
  /** it has everything from the first byte on, and nobody has asked for it yet */
  #isUnread = false;
  #isOver = false;

  /** @param onDrained there may be room again: see {@link full} */
  constructor(
    private readonly journal: Journal,
    private readonly onDrained: () => void,
  ) {}

  /** Keeps what arrives for whoever reads first; for a session that has received nothing yet. */
  keepFromFirstByte(): void {
    this.#reading = SourceReading.live(this.onDrained);
    this.#isUnread = true;
  }

  /**
   * Ends the former reading and begins another one; what was kept from the first byte on is read whole.
   *
   * @param start tells where in the journal it begins, if it has to begin there
   */
  begin(start: () => ReadingStart | null): Readable {
    if (!this.#isUnread || this.#reading === null) {
      this.stop();
      this.#reading = SourceReading.replay(this.journal, start(), this.onDrained);
      if (this.#isOver) {
        this.#reading.end();
      }
    }
    this.#isUnread = false;
    return this.#reading.bytes;
  }

  /** The reader cannot keep up with what arrives: whoever sends must pause. */
  get full(): boolean {
    return this.#reading?.full === true;
  }

  /** Media that was just handed to the journal. */
  push(bytes: Uint8Array): void {
    this.#reading?.push(bytes);
  }

  /** No more media arrives; what was received is still read, now or by a later reader. */
  end(): void {
    this.#isOver = true;
    this.#reading?.end();
  }

  /** Nobody reads any more. */
  stop(): void {
    this.#reading?.stop();
  }
}
