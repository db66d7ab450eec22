import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Clock } from '../../clock';
import type { IngestSource } from '../ingest-source';

/** What all timestamps of segments lie above zero by, in seconds: MPEG-TS has none below. */
export const segmentBaseSeconds = 10;

/** A segment as a session reads it; times on the stream's timeline, in seconds. */
export type SourceSegment = {
  readonly path: string;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly bytes: number;
};

export type PiecesSourceOptions = {
  streamId: string;
  epoch: number;
  recorderSession: string;
  /** where on the timeline the session begins, in seconds, and when that was, unix milliseconds */
  startSeconds: number;
  eventTimeMs: number;
  hasVideo: boolean;
  hasAudio: boolean;
  clock: Clock;
  /** everything of the session is in the recording */
  onRecorded: () => Promise<void>;
};

/** A second is handed out at once, so that ffmpeg can look at it; then a viewer could not be ahead of what is there. */
const headStartSeconds = 1;
/** Segments that wait for longer than this, because they came faster than they play, are handed out as fast as they are read. */
const backlogSecondsMax = 20;
/** Media of this long goes out at once. */
const sliceSeconds = 0.2;
/** Sound needs some media before it is true, and tracks lie unevenly. */
const prerollSeconds = 1;

/**
 * An unbroken run of pieces as a recorder session. Pieces come seconds at a time; they are handed out as they would have been
 * recorded, second by second, so that viewers of the live playlist need not wait between two of them. There is no journal:
 * the segments on disk are one.
 */
export class PiecesSource implements IngestSource {
  readonly ingestKind = 'pieces';
  readonly container = 'mpegts';
  readonly hint = {};
  readonly streamId: string;
  readonly epoch: number;
  readonly recorderSession: string;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly timestampBaseSeconds: number;
  readonly firstSampleEventTimeMs: Promise<number>;
  readonly recoveredContainerMs = null;
  /** there is none */
  readonly journalFailed = false;
  readonly heldFromMs = null;
  readonly #segments: SourceSegment[] = [];
  readonly #wakeUps = new Set<() => void>();
  #reading: Readable | undefined;
  #isOver = false;

  constructor(private readonly options: PiecesSourceOptions) {
    this.streamId = options.streamId;
    this.epoch = options.epoch;
    this.recorderSession = options.recorderSession;
    this.hasVideo = options.hasVideo;
    this.hasAudio = options.hasAudio;
    this.timestampBaseSeconds = segmentBaseSeconds + options.startSeconds;
    this.firstSampleEventTimeMs = Promise.resolve(options.eventTimeMs);
  }

  /** A segment that follows the last one. */
  add(segment: SourceSegment): void {
    this.#segments.push(segment);
    this.#wakeUp();
  }

  /** No segment follows; what is there goes out as fast as it is read. */
  end(): void {
    this.#isOver = true;
    this.#wakeUp();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get newestContainerMs(): number | null {
    const newest = this.#segments.at(-1);
    return newest === undefined
      ? null
      : (newest.startSeconds + newest.durationSeconds - this.options.startSeconds) * 1000;
  }

  get appendedSequence(): number {
    return this.#segments.length - 1;
  }

  get finished(): boolean {
    return this.#isOver;
  }

  read(fromContainerMs: number = Number.NEGATIVE_INFINITY): Readable {
    this.#reading?.destroy();
    const from = this.options.startSeconds + fromContainerMs / 1000 - prerollSeconds;
    const first = this.#segments.findLastIndex(({ startSeconds }) => startSeconds <= from);
    this.#reading = Readable.from(this.#bytes(Math.max(0, first)), { objectMode: false });
    this.#reading.on('error', () => {});
    return this.#reading;
  }

  estimatedFirstSampleEventTimeMs(): number | null {
    return null;
  }

  encoderLagMs(): number | null {
    return null;
  }

  bytesReceived(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async close(): Promise<void> {
    this.end();
  }

  /** The segments stay: the broadcaster's own video is made of them. */
  release(): void {}

  /** As little as {@link release}. */
  async deleteJournal(): Promise<void> {
    this.end();
    await this.options.onRecorded();
  }

  async *#bytes(first: number): AsyncGenerator<Buffer> {
    const pace = new Pace(this.options.clock);
    for (let index = first; ; index += 1) {
      while (this.#segments[index] === undefined && !this.#isOver) {
        await this.#newsOrMs(undefined);
        pace.broke();
      }
      const segment = this.#segments[index];
      if (segment === undefined) {
        return;
      }
      const sliceBytes = Math.max(188, Math.ceil((segment.bytes * sliceSeconds) / segment.durationSeconds));
      let bytes = 0;
      for await (const slice of createReadStream(segment.path, { highWaterMark: sliceBytes })) {
        const atSeconds = segment.startSeconds + (bytes / segment.bytes) * segment.durationSeconds;
        await this.#whenDue(pace, atSeconds);
        bytes += slice.length;
        yield slice;
      }
    }
  }

  async #whenDue(pace: Pace, atSeconds: number): Promise<void> {
    for (;;) {
      const newest = this.#segments.at(-1);
      const backlogSeconds = (newest === undefined ? 0 : newest.startSeconds + newest.durationSeconds) - atSeconds;
      const waitMs = this.#isOver || backlogSeconds > backlogSecondsMax ? 0 : pace.msUntil(atSeconds);
      if (waitMs <= 0) {
        return;
      }
      await this.#newsOrMs(waitMs);
    }
  }

  async #newsOrMs(ms: number | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wakeUps.delete(done);
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      this.#wakeUps.add(done);
    });
  }

  #wakeUp(): void {
    for (const wakeUp of [...this.#wakeUps]) {
      wakeUp();
    }
  }
}

/** As fast as it plays, from the first slice on; after a wait for media it begins anew, for nobody can play faster. */
class Pace {
  #anchor: { atSeconds: number; nowMs: number } | undefined;

  constructor(private readonly clock: Clock) {}

  broke(): void {
    this.#anchor = undefined;
  }

  msUntil(atSeconds: number): number {
    this.#anchor ??= { atSeconds: atSeconds + headStartSeconds, nowMs: this.clock.nowMs() };
    return this.#anchor.nowMs + (atSeconds - this.#anchor.atSeconds) * 1000 - this.clock.nowMs();
  }
}
