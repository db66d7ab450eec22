import type { Readable } from 'node:stream';
import type { Clock } from '../clock';
import type { Chunk, Hello } from '../contract/ingest-protocol';
import type { IngestSource } from './ingest-source';
import { Journal, journalPath } from './journal';
import type { JournalHeader } from './journal-format';
import { MediaClock } from './media-clock';
import { SourceBytes } from './source-bytes';

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

/** Bytes that may wait for the disk before the publisher's socket is paused. */
const unsyncedBytesMax = 8 * 1024 * 1024;

/**
 * One recorder session of a publisher page. It outlives its connections: a publisher that reconnects with the same session
 * goes on where the journal ends, also in a restarted process (the bytes then begin anew, from the journal).
 */
export class WebSocketSource implements IngestSource {
  readonly ingestKind = 'websocket';
  readonly streamId: string;
  readonly recorderSession: string;
  readonly container: Hello['container'];
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly hint: IngestSource['hint'];
  readonly firstSampleEventTimeMs: Promise<number>;
  private readonly out = new SourceBytes(() => this.listener?.drained());
  private readonly mediaClock: MediaClock;
  private journal: Journal | null = null;
  private listener: SourceListener | null = null;
  private replaying = false;
  private lastSequence: number | null = null;
  private finishing = false;
  private over = false;
  private received = 0;
  private settleFirst: { resolve: (ms: number) => void; reject: (error: Error) => void } | null = null;

  private constructor(
    header: JournalHeader,
    readonly epoch: number,
    private readonly clock: Clock,
    private readonly onClosed: () => void,
  ) {
    this.streamId = header.streamId;
    this.recorderSession = header.recorderSession;
    this.container = header.container;
    this.hasVideo = header.hasVideo;
    this.hasAudio = header.hasAudio;
    this.hint = knownHint(header.hint);
    this.mediaClock = new MediaClock(header.container);
    this.firstSampleEventTimeMs = new Promise((resolve, reject) => {
      this.settleFirst = { resolve, reject };
    });
    // A session that ends before its first chunk is no fault of the process.
    this.firstSampleEventTimeMs.catch(() => {});
  }

  /**
   * Opens the session and its journal. Chunks that an earlier process journaled are the first bytes of this source.
   *
   * @throws Error of the file system
   */
  static async open(options: {
    hello: Hello;
    epoch: number;
    dataDirectory: string;
    clock: Clock;
    onClosed: () => void;
  }): Promise<WebSocketSource> {
    const { type: _type, grant: _grant, ...facts } = options.hello;
    const header: JournalHeader = { ...facts, type: 'journal', version: 1, epoch: options.epoch };
    const source = new WebSocketSource(header, options.epoch, options.clock, options.onClosed);
    const path = journalPath(options.dataDirectory, header.streamId, header.recorderSession);
    const journal = await Journal.open(path, header, {
      synced: () => source.synced(),
      failed: (error) => source.listener?.failed(error),
    });
    source.journal = journal;
    await source.recover(journal);
    return source;
  }

  get bytes(): Readable {
    return this.out.readable;
  }

  /** The last sequence that is safe on disk; -1 before the first. */
  get ackedSequence(): number {
    return this.journal?.syncedSequence ?? -1;
  }

  /** Too much waits for ffmpeg or for the disk: the connection must pause. */
  get saturated(): boolean {
    return !this.over && ((this.out.full && !this.replaying) || (this.journal?.pendingBytes ?? 0) > unsyncedBytesMax);
  }

  get finished(): boolean {
    return this.finishing && this.over;
  }

  encoderLagMs(): number | null {
    return this.mediaClock.lagMs(this.clock.nowMs());
  }

  estimatedFirstSampleEventTimeMs(): number | null {
    return this.mediaClock.zeroMs();
  }

  bytesReceived(): number {
    return this.received;
  }

  /** From now on this connection is told; null when there is none. */
  attach(listener: SourceListener | null): void {
    this.listener = listener;
  }

  /** Everything received is acknowledged after this. @throws the error of the file system that stopped the journal */
  async settle(): Promise<void> {
    await this.journal?.sync();
  }

  sample(sample: { offsetMs: number; roundTripMs: number }): void {
    const dated = { ...sample, atMs: this.clock.nowMs() };
    this.mediaClock.sample(dated);
    if (!this.over) {
      this.journal?.note({ type: 'clock', ...dated });
    }
  }

  /** Takes in a chunk: its bytes go on at once, and to the journal. */
  accept(chunk: Chunk): 'taken' | 'duplicate' | 'bad_sequence' | 'bad_media' | 'stream_ended' {
    if (this.journal === null || chunk.sequence <= this.ackedSequence) {
      return 'duplicate';
    }
    if (this.over) {
      return 'stream_ended';
    }
    const isNext = chunk.sequence === this.journal.appendedSequence + 1;
    if (!isNext || (this.lastSequence !== null && chunk.sequence > this.lastSequence)) {
      return 'bad_sequence';
    }
    if (this.mediaClock.chunk(chunk, this.clock.nowMs()) === 'bad_media') {
      return 'bad_media';
    }
    this.received += chunk.bytes.byteLength;
    this.journal.append(chunk);
    if (!this.replaying) {
      this.out.push(chunk.bytes);
    }
    this.settleFirstSample();
    this.finishIfComplete();
    return 'taken';
  }

  /** The publisher stopped its recorder: the session is complete once this sequence is in. */
  finishAt(lastSequence: number): 'taken' | 'bad_sequence' {
    if (this.journal === null || lastSequence < this.journal.appendedSequence) {
      return 'bad_sequence';
    }
    if (this.lastSequence === null && !this.over) {
      this.lastSequence = lastSequence;
      this.journal.note({ type: 'finish', lastSequence });
    }
    this.finishIfComplete();
    return 'taken';
  }

  /** No more bytes come; what was received is still read. The journal stays. */
  end(): void {
    this.over = true;
    this.replaying = false;
    this.out.end();
    this.settleFirst?.reject(new Error('the session ended before its first chunk'));
    this.settleFirst = null;
  }

  async close(): Promise<void> {
    this.end();
    this.onClosed();
    await this.journal?.close();
  }

  async deleteJournal(): Promise<void> {
    this.end();
    this.onClosed();
    await this.journal?.delete();
  }

  /** What an earlier process journaled: its clock samples and times now, its bytes as fast as they are read. */
  private async recover(journal: Journal): Promise<void> {
    for (const note of journal.recoveredNotes) {
      if (note.type === 'clock') {
        this.mediaClock.sample(note);
      } else {
        this.lastSequence = note.lastSequence;
      }
    }
    if (journal.appendedSequence < 0) {
      return;
    }
    for await (const chunk of journal.chunks()) {
      this.mediaClock.chunk(chunk, chunk.captureTimeMs);
      this.received += chunk.bytes.byteLength;
    }
    this.settleFirstSample();
    this.replaying = true;
    void this.replay(journal).catch((error: Error) => this.listener?.failed(error));
  }

  /** Reads the journal up to what arrives meanwhile, then lets the live bytes through. */
  private async replay(journal: Journal): Promise<void> {
    let sequence = -1;
    for await (const chunk of journal.chunks()) {
      await this.out.room();
      this.out.push(chunk.bytes);
      sequence = chunk.sequence;
      if (sequence === journal.syncedSequence) {
        await journal.sync();
      }
      if (sequence === journal.appendedSequence || this.over) {
        // Before the loop is left, which awaits: the very next chunk that arrives is live.
        this.replaying = false;
        break;
      }
    }
    this.replaying = false;
    this.finishIfComplete();
  }

  private settleFirstSample(): void {
    const zeroMs = this.mediaClock.zeroMs();
    if (this.settleFirst && zeroMs !== null) {
      this.settleFirst.resolve(zeroMs);
      this.settleFirst = null;
    }
  }

  private synced(): void {
    this.listener?.acknowledged();
    if (!this.over) {
      this.listener?.drained();
    }
  }

  private finishIfComplete(): void {
    const complete = this.lastSequence !== null && this.journal?.appendedSequence === this.lastSequence;
    if (!complete || this.finishing || this.replaying || this.over) {
      return;
    }
    this.finishing = true;
    this.end();
    this.settle().then(
      () => this.listener?.finished(),
      (error: Error) => this.listener?.failed(error),
    );
  }
}

/** Without the keys that were left out: what is absent is absent, not undefined. */
function knownHint(hint: Hello['hint']): IngestSource['hint'] {
  return Object.fromEntries(Object.entries(hint ?? {}).filter(([, value]) => value !== undefined));
}
