import type { Chunk } from '../contract/ingest-protocol';
import { EntryPoints, prerollMs } from './entry-points';
import { Journal } from './journal';
import { journalPath } from './journal-files';
import type { JournalHeader } from './journal-format';
import type { SourceClock } from './source-clock';
import type { ReadingStart } from './source-reading';

/** A file is never larger than this, however short. */
const fileBytesMax = 64 * 1024 * 1024;
const usualFileMs = 120_000;

/**
 * The journal of a recorder session, and where in it reading can begin. It holds what is not safe elsewhere yet and some
 * minutes more; older files go when they are released.
 */
export class SessionJournal {
  readonly #entryPoints = new EntryPoints();
  /** capture time of the first chunk of the newest file */
  #fileBeganMs: number | null = null;

  private constructor(
    readonly journal: Journal,
    /** Who is told of it: whoever has it sets these. */
    readonly listener: { synced: () => void; failed: (error: Error) => void },
    private readonly fileMs: number,
  ) {}

  /**
   * Opens the journal of a session, or makes it.
   *
   * @throws Error of the file system
   */
  static async open(
    header: JournalHeader,
    options: { dataDirectory: string; journalFileMs?: number | undefined },
  ): Promise<SessionJournal> {
    const listener = { synced: () => {}, failed: (_error: Error) => {} };
    const path = journalPath(options.dataDirectory, header.streamId, header.recorderSession);
    const journal = await Journal.open(path, header, {
      synced: () => listener.synced(),
      failed: (error) => listener.failed(error),
    });
    return new SessionJournal(journal, listener, options.journalFileMs ?? usualFileMs);
  }

  /** @param clock has taken the chunk in */
  append(chunk: Chunk, clock: SourceClock): void {
    const place = this.journal.append(chunk);
    this.#entryPoints.add({ place, byteLength: chunk.bytes.byteLength }, clock.entryPoints);
    this.#fileBeganMs ??= chunk.captureTimeMs;
    const isLong = chunk.captureTimeMs - this.#fileBeganMs >= this.fileMs;
    if (isLong || this.journal.newestFileBytes >= fileBytesMax) {
      this.journal.rotate(clock.position(this.#entryPoints.byteCount));
      this.#fileBeganMs = null;
      this.#noteClock(clock);
    }
  }

  /** Gives the clock what an earlier process journaled. @returns how many bytes of media are held of it */
  async recover(clock: SourceClock): Promise<number> {
    for (const note of this.journal.recoveredNotes) {
      if (note.type === 'clock') {
        clock.sample(note);
      }
    }
    const { firstBehindCut } = this.journal;
    let byteCount = 0;
    let isBehindCut = firstBehindCut === null;
    for await (const { chunk, place } of this.journal.chunks()) {
      if (!isBehindCut && firstBehindCut?.continues !== undefined && place.file >= firstBehindCut.number) {
        isBehindCut = true;
        const { position } = firstBehindCut.continues;
        clock.resumeAt(position);
        this.#entryPoints.cut(firstBehindCut.number, position.bytes);
      }
      clock.chunk(chunk, chunk.captureTimeMs);
      this.#entryPoints.add({ place, byteLength: chunk.bytes.byteLength }, clock.entryPoints);
      byteCount += chunk.bytes.byteLength;
    }
    return byteCount;
  }

  /** Where reading begins that gives all media from a container time on; `null`: at the first chunk. */
  startBefore(containerMs: number, clock: SourceClock): ReadingStart | null {
    return this.#entryPoints.before(containerMs, clock.headBytes);
  }

  /** Container time from which on all media is held, in milliseconds; `null`: from the beginning. */
  get heldFromMs(): number | null {
    const { firstMs } = this.#entryPoints;
    return this.journal.firstBehindCut === null || firstMs === null ? null : firstMs + prerollMs;
  }

  /** Media before this container time is needed no more. */
  release(containerMs: number): void {
    const file = this.#entryPoints.before(containerMs, 0)?.place.file;
    if (file !== undefined && this.journal.dropBefore(file)) {
      this.#entryPoints.cut(file);
    }
  }

  /** The file in which it was measured may go before this one. */
  #noteClock({ bestSample }: SourceClock): void {
    if (bestSample !== null) {
      this.journal.note({ type: 'clock', ...bestSample });
    }
  }
}
