import type { Readable } from 'node:stream';
import type { Clock } from '../clock';
import type { Chunk } from '../contract/ingest-protocol';
import { CurrentReading } from './current-reading';
import { FirstSampleTime } from './first-sample-time';
import type { IngestMeter } from './ingest-meter';
import type { IngestSource } from './ingest-source';
import type { Journal } from './journal';
import type { JournalHeader } from './journal-format';
import type { SessionJournal } from './session-journal';
import { SessionMarks } from './session-marks';
import { type SourceClock, sourceClock } from './source-clock';
import type { SourceListener } from './source-listener';
import { SourceTally } from './source-tally';

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
  /** settles once nothing is written to the journal any more */
  readonly closed: Promise<void>;
  readonly #clock: Clock;
  readonly #held: SessionJournal;
  readonly #journal: Journal;
  readonly #marks: SessionMarks;
  readonly #mediaClock: SourceClock;
  readonly #firstSample = new FirstSampleTime();
  readonly #reading: CurrentReading;
  readonly #tally: SourceTally;
  readonly #onClosed: () => void;
  #setClosed: () => void = () => {};
  #listener: SourceListener | null = null;
  #recoveredContainerMs: number | null = null;
  #finishing = false;
  #over = false;
  #isClosed = false;
  #journalFailed = false;

  protected constructor(options: JournaledSourceOptions, held: SessionJournal) {
    const { header } = options;
    this.streamId = header.streamId;
    this.epoch = options.epoch;
    this.recorderSession = header.recorderSession;
    this.container = header.container;
    this.hasVideo = header.hasVideo;
    this.hasAudio = header.hasAudio;
    this.hint = knownHint(header.hint);
    this.closed = new Promise((resolve) => {
      this.#setClosed = resolve;
    });
    this.#clock = options.clock;
    this.#onClosed = options.onClosed;
    this.#held = held;
    this.#journal = held.journal;
    this.#marks = new SessionMarks(held.journal);
    this.#mediaClock = sourceClock(header.container);
    this.#tally = new SourceTally(options.meter);
    this.#reading = new CurrentReading(held.journal, () => this.#listener?.drained());
    if (held.journal.appendedSequence < 0 && options.isLive !== false) {
      this.#reading.keepFromFirstByte();
    }
    held.listener.synced = () => this.#synced();
    held.listener.failed = (error) => this.#failed(error);
  }

  /** What an earlier process journaled: clock samples, times and entry points. Its bytes are read when asked for. */
  protected async recover(): Promise<void> {
    this.#tally.recovered(await this.#held.recover(this.#mediaClock));
    this.#recoveredContainerMs = this.#mediaClock.newestContainerMs;
    this.#firstSample.tell(this.#mediaClock.zeroMs());
    this.#finishIfComplete();
  }

  // For the connection that sends it.

  /** From now on this connection is told; null when there is none. */
  attach(listener: SourceListener | null): void {
    this.#listener = listener;
  }

  /** Takes in the next chunk of the session: its bytes go on at once, and to the journal. */
  protected append(chunk: Chunk): 'taken' | 'bad_media' {
    if (this.#mediaClock.chunk(chunk, this.#clock.nowMs()) === 'bad_media') {
      return 'bad_media';
    }
    this.#tally.chunkTaken(chunk.bytes.byteLength);
    this.#held.append(chunk, this.#mediaClock);
    this.#reading.push(chunk.bytes);
    this.#firstSample.tell(this.#mediaClock.zeroMs());
    this.#finishIfComplete();
    return 'taken';
  }

  sample(sample: { offsetMs: number; roundTripMs: number }): void {
    const dated = { ...sample, atMs: this.#clock.nowMs() };
    this.#mediaClock.sample(dated);
    if (!this.#over) {
      this.#journal.note({ type: 'clock', ...dated });
    }
  }

  /** Too much waits for ffmpeg or for the disk: the connection must pause. */
  get saturated(): boolean {
    return !this.#over && (this.#reading.full || this.#journal.pendingBytes > unsyncedBytesMax);
  }

  /** The last sequence that was taken in; -1 before the first. */
  get appendedSequence(): number {
    return this.#journal.appendedSequence;
  }

  /** The last sequence that is safe on disk; -1 before the first. */
  get ackedSequence(): number {
    return this.#journal.syncedSequence;
  }

  /** The last sequence the publisher named; null while the session is open. */
  protected get lastSequence(): number | null {
    return this.#marks.lastSequence;
  }

  /** Everything received is acknowledged after this. @throws the error of the file system that stopped the journal */
  async settle(): Promise<void> {
    await this.#journal.sync();
  }

  /** The publisher stopped its recorder: the session is complete once this sequence is in. */
  finishAt(lastSequence: number): 'taken' | 'bad_sequence' {
    if (lastSequence < this.#journal.appendedSequence) {
      return 'bad_sequence';
    }
    if (!this.#over) {
      this.#marks.finishAt(lastSequence);
    }
    this.#finishIfComplete();
    return 'taken';
  }

  // For who reads it.

  read(fromContainerMs: number = Number.NEGATIVE_INFINITY): Readable {
    return this.#reading.begin(() => this.#held.startBefore(fromContainerMs, this.#mediaClock));
  }

  get firstSampleEventTimeMs(): Promise<number> {
    return this.#firstSample.eventTimeMs;
  }

  estimatedFirstSampleEventTimeMs(): number | null {
    return this.#mediaClock.zeroMs();
  }

  encoderLagMs(): number | null {
    return this.#mediaClock.lagMs(this.#clock.nowMs());
  }

  get newestContainerMs(): number | null {
    return this.#mediaClock.newestContainerMs;
  }

  get recoveredContainerMs(): number | null {
    return this.#recoveredContainerMs;
  }

  bytesReceived(): number {
    return this.#tally.bytesReceived;
  }

  get heldFromMs(): number | null {
    return this.#held.heldFromMs;
  }

  release(containerMs: number): void {
    this.#held.release(containerMs);
  }

  /** An earlier process, or this one, noted that all of it up to this sequence is in the recording; null: it did not. */
  get recordedUpTo(): number | null {
    return this.#marks.recordedUpTo;
  }

  /** All that was received is in the recording, or nobody wants it there. */
  noteRecorded(): void {
    this.#marks.recorded();
  }

  // Its end: no more bytes come (`end`), then nothing is written any more (`close`).

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

  /** No more bytes come; what was received is still read. The journal stays. */
  end(): void {
    this.#over = true;
    this.#reading.end();
    this.#mediaClock.conclude?.();
    this.#firstSample.tell(this.#mediaClock.zeroMs());
    this.#firstSample.giveUp();
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

  /** @throws Error of the file system; the session is closed all the same */
  async deleteJournal(): Promise<void> {
    this.end();
    this.#reading.stop();
    try {
      await this.#journal.delete();
    } finally {
      this.#closed();
    }
  }

  #finishIfComplete(): void {
    if (!this.#marks.isComplete || this.#finishing || this.#over) {
      return;
    }
    this.#finishing = true;
    this.end();
    this.settle().then(
      () => this.#listener?.finished(),
      (error: Error) => this.#listener?.failed(error),
    );
  }

  #synced(): void {
    this.#tally.synced(this.ackedSequence === this.appendedSequence);
    this.#listener?.acknowledged();
    if (!this.#over) {
      this.#listener?.drained();
    }
  }

  /** What is acknowledged is on disk; the publisher sends the rest again, to the journal that is opened anew. */
  #failed(error: Error): void {
    this.#journalFailed = true;
    this.end();
    this.#listener?.failed(error);
  }

  #closed(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#onClosed();
      this.#setClosed();
    }
  }
}

/** Without the keys that were left out: what is absent is absent, not undefined. */
function knownHint(hint: JournalHeader['hint']): IngestSource['hint'] {
  return Object.fromEntries(Object.entries(hint ?? {}).filter(([, value]) => value !== undefined));
}
