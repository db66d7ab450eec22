import type { Readable } from 'node:stream';
import type { Clock } from '../clock';
import type { Chunk } from '../contract/ingest-protocol';
import type { IngestMeter } from './ingest-meter';
import type { IngestSource } from './ingest-source';
import type { Journal } from './journal';
import type { JournalHeader } from './journal-format';
import type { SessionJournal } from './session-journal';
import { type SourceClock, sourceClock } from './source-clock';
import { SourceReading } from './source-reading';

/** What the connection of the moment wants to hear. */
export type SourceListener = {
  /** more is safe on disk: `ackedSequence` rose */
  acknowledged(): void;
  /** there may be room again: see `saturated` */
  drained(): void;
  /** all up to the publisher's last sequence is safe, and the bytes have ended */
  finished(): void;
  /** the journal cannot be written: nothing can be acknowledged any more */
  failed(error: Error): void;
};

export type JournaledSourceOptions = {
  header: JournalHeader;
  epoch: number;
  /** journals are kept below it */
  dataDirectory: string;
  /** how much media one file of the journal holds, in milliseconds. Default: two minutes */
  journalFileMs?: number | undefined;
  clock: Clock;
  /** called once, when the source closes */
  onClosed: () => void;
  /** it is read as it arrives; `false` for one that is only gathered and read later. Default: true */
  isLive?: boolean;
  meter?: IngestMeter | undefined;
};

/** Bytes that may wait for the disk before the publisher's socket is paused. */
const unsyncedBytesMax = 8 * 1024 * 1024;

/**
 * One recorder session whose bytes go through a journal, whatever adapter they came by. It outlives its connections, and its
 * bytes can be read again from any time on: after a crash of the encoder, of the node or of the machine.
 */
export abstract class JournaledSource implements IngestSource {
  abstract readonly ingestKind: IngestSource['ingestKind'];
  readonly streamId: string;
  readonly epoch: number;
  readonly recorderSession: string;
  readonly container: IngestSource['container'];
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly hint: IngestSource['hint'];
  readonly firstSampleEventTimeMs: Promise<number>;
  /** settles once nothing is written to the journal any more */
  readonly closed: Promise<void>;
  #setClosed: () => void = () => {};
  readonly #clock: Clock;
  readonly #onClosed: () => void;
  readonly #mediaClock: SourceClock;
  readonly #held: SessionJournal;
  readonly #journal: Journal;
  #recoveredContainerMs: number | null = null;
  #listener: SourceListener | null = null;
  #reading: SourceReading | null = null;
  /** nobody has asked for the bytes yet, and none was received before this process */
  #isUnread = false;
  #lastSequence: number | null = null;
  #recordedUpTo: number | null = null;
  #finishing = false;
  #over = false;
  #isClosed = false;
  #journalFailed = false;
  #received = 0;
  readonly #meter: IngestMeter | undefined;
  /** when the oldest chunk came that is not safe on disk yet */
  #waitingSinceMs: number | null = null;
  #settleFirst: { resolve: (ms: number) => void; reject: (error: Error) => void } | null = null;

  protected constructor(options: JournaledSourceOptions, held: SessionJournal) {
    const { header } = options;
    this.streamId = header.streamId;
    this.epoch = options.epoch;
    this.recorderSession = header.recorderSession;
    this.container = header.container;
    this.hasVideo = header.hasVideo;
    this.hasAudio = header.hasAudio;
    this.hint = knownHint(header.hint);
    this.#clock = options.clock;
    this.#onClosed = options.onClosed;
    this.#meter = options.meter;
    this.#mediaClock = sourceClock(header.container);
    this.closed = new Promise((resolve) => {
      this.#setClosed = resolve;
    });
    this.firstSampleEventTimeMs = new Promise((resolve, reject) => {
      this.#settleFirst = { resolve, reject };
    });
    // A session that ends before its first chunk is no fault of the process.
    this.firstSampleEventTimeMs.catch(() => {});
    this.#held = held;
    this.#journal = held.journal;
    held.listener.synced = () => this.#synced();
    held.listener.failed = (error) => {
      // What is acknowledged is on disk; the publisher sends the rest again, to the journal that is opened anew.
      this.#journalFailed = true;
      this.end();
      this.#listener?.failed(error);
    };
    if (held.journal.appendedSequence < 0 && options.isLive !== false) {
      this.#reading = SourceReading.live(() => this.#listener?.drained());
      this.#isUnread = true;
    }
  }

  /** The last sequence that is safe on disk; -1 before the first. */
  get ackedSequence(): number {
    return this.#journal.syncedSequence;
  }

  /** The last sequence that was taken in; -1 before the first. */
  get appendedSequence(): number {
    return this.#journal.appendedSequence;
  }

  /** Too much waits for ffmpeg or for the disk: the connection must pause. */
  get saturated(): boolean {
    return !this.#over && (this.#reading?.full === true || this.#journal.pendingBytes > unsyncedBytesMax);
  }

  /** The publisher finished the session and all of it was received. */
  get finished(): boolean {
    return this.#finishing && this.#over;
  }

  /** The journal could not be written: it lacks what was received and not acknowledged. */
  get journalFailed(): boolean {
    return this.#journalFailed;
  }

  get ended(): boolean {
    return this.#over;
  }

  get newestContainerMs(): number | null {
    return this.#mediaClock.newestContainerMs;
  }

  get recoveredContainerMs(): number | null {
    return this.#recoveredContainerMs;
  }

  read(fromContainerMs: number = Number.NEGATIVE_INFINITY): Readable {
    if (!this.#isUnread || this.#reading === null) {
      this.#reading?.stop();
      const start = this.#held.startBefore(fromContainerMs, this.#mediaClock);
      this.#reading = SourceReading.replay(this.#journal, start, () => this.#listener?.drained());
      if (this.#over) {
        this.#reading.end();
      }
    }
    this.#isUnread = false;
    return this.#reading.bytes;
  }

  get heldFromMs(): number | null {
    return this.#held.heldFromMs;
  }

  release(containerMs: number): void {
    this.#held.release(containerMs);
  }

  encoderLagMs(): number | null {
    return this.#mediaClock.lagMs(this.#clock.nowMs());
  }

  estimatedFirstSampleEventTimeMs(): number | null {
    return this.#mediaClock.zeroMs();
  }

  bytesReceived(): number {
    return this.#received;
  }

  /** From now on this connection is told; null when there is none. */
  attach(listener: SourceListener | null): void {
    this.#listener = listener;
  }

  /** Everything received is acknowledged after this. @throws the error of the file system that stopped the journal */
  async settle(): Promise<void> {
    await this.#journal.sync();
  }

  sample(sample: { offsetMs: number; roundTripMs: number }): void {
    const dated = { ...sample, atMs: this.#clock.nowMs() };
    this.#mediaClock.sample(dated);
    if (!this.#over) {
      this.#journal.note({ type: 'clock', ...dated });
    }
  }

  /** The publisher stopped its recorder: the session is complete once this sequence is in. */
  finishAt(lastSequence: number): 'taken' | 'bad_sequence' {
    if (lastSequence < this.#journal.appendedSequence) {
      return 'bad_sequence';
    }
    if (this.#lastSequence === null && !this.#over) {
      this.#lastSequence = lastSequence;
      this.#journal.note({ type: 'finish', lastSequence });
    }
    this.#finishIfComplete();
    return 'taken';
  }

  /** No more bytes come; what was received is still read. The journal stays. */
  end(): void {
    this.#over = true;
    this.#reading?.end();
    this.#mediaClock.conclude?.();
    this.#settleFirstSample();
    this.#settleFirst?.reject(new Error('the session ended before its first chunk'));
    this.#settleFirst = null;
  }

  /** @throws Error of the file system, but for a journal that failed before: that was told to the listener */
  async close(): Promise<void> {
    this.end();
    try {
      await this.#journal.close();
    } catch (error) {
      if (!this.#journalFailed) {
        throw error;
      }
    } finally {
      this.#closed();
    }
  }

  async deleteJournal(): Promise<void> {
    this.end();
    this.#reading?.stop();
    await this.#journal.delete();
    this.#closed();
  }

  /** Takes in the next chunk of the session: its bytes go on at once, and to the journal. */
  protected append(chunk: Chunk): 'taken' | 'bad_media' {
    if (this.#mediaClock.chunk(chunk, this.#clock.nowMs()) === 'bad_media') {
      return 'bad_media';
    }
    this.#received += chunk.bytes.byteLength;
    this.#meter?.chunkTaken(chunk.bytes.byteLength);
    this.#waitingSinceMs ??= performance.now();
    this.#held.append(chunk, this.#mediaClock);
    this.#reading?.push(chunk.bytes);
    this.#settleFirstSample();
    this.#finishIfComplete();
    return 'taken';
  }

  /** An earlier process, or this one, noted that all of it up to this sequence is in the recording; null: it did not. */
  get recordedUpTo(): number | null {
    return this.#recordedUpTo;
  }

  /** All that was received is in the recording, or nobody wants it there. */
  noteRecorded(): void {
    this.#recordedUpTo = this.#journal.appendedSequence;
    this.#journal.note({ type: 'recorded', upToSequence: this.#recordedUpTo });
  }

  /** The last sequence the publisher named; null while the session is open. */
  protected get lastSequence(): number | null {
    return this.#lastSequence;
  }

  /** What an earlier process journaled: clock samples, times and entry points. Its bytes are read when asked for. */
  protected async recover(): Promise<void> {
    for (const note of this.#journal.recoveredNotes) {
      if (note.type === 'finish') {
        this.#lastSequence = note.lastSequence;
      } else if (note.type === 'recorded') {
        this.#recordedUpTo = note.upToSequence;
      }
    }
    this.#received += await this.#held.recover(this.#mediaClock);
    this.#recoveredContainerMs = this.#mediaClock.newestContainerMs;
    this.#settleFirstSample();
    this.#finishIfComplete();
  }

  #closed(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#onClosed();
      this.#setClosed();
    }
  }

  #settleFirstSample(): void {
    const zeroMs = this.#mediaClock.zeroMs();
    if (this.#settleFirst && zeroMs !== null) {
      this.#settleFirst.resolve(zeroMs);
      this.#settleFirst = null;
    }
  }

  #synced(): void {
    if (this.#waitingSinceMs !== null) {
      const nowMs = performance.now();
      this.#meter?.acknowledged((nowMs - this.#waitingSinceMs) / 1000);
      this.#waitingSinceMs = this.ackedSequence === this.appendedSequence ? null : nowMs;
    }
    this.#listener?.acknowledged();
    if (!this.#over) {
      this.#listener?.drained();
    }
  }

  #finishIfComplete(): void {
    const complete = this.#lastSequence !== null && this.#journal.appendedSequence === this.#lastSequence;
    if (!complete || this.#finishing || this.#over) {
      return;
    }
    this.#finishing = true;
    this.end();
    this.settle().then(
      () => this.#listener?.finished(),
      (error: Error) => this.#listener?.failed(error),
    );
  }
}

/** Without the keys that were left out: what is absent is absent, not undefined. */
function knownHint(hint: JournalHeader['hint']): IngestSource['hint'] {
  return Object.fromEntries(Object.entries(hint ?? {}).filter(([, value]) => value !== undefined));
}
