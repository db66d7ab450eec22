import { newId } from '../contract/ids';
import type { RenditionId } from '../contract/ladder';
import type { ObservedTake } from '../contract/snapshots';
import type { ClosedSegment } from '../packager/media-types';
import type { StreamPackager } from '../packager/stream-packager';
import { observedTake } from '../store/observed-take';
import type { Recordings } from '../store/recordings';
import type { TakeSegment } from '../store/take-index';
import type { TakeWriteFailed, TakeWriter } from '../store/take-writer';
import { SegmentRows } from './segment-rows';
import { segmentToWrite } from './segment-to-write';

export type StreamRecorderOptions = {
  packager: StreamPackager;
  recordings: Recordings;
  streamId: string;
  epoch: number;
  recorderSession: string;
  /** what its source feeds; without a word all that the stream has */
  renditionIds?: readonly RenditionId[];
  /** media time of the session's time zero, in seconds */
  originSeconds: number;
  /** Called once if the take had to be given up, for example because the disk is full; the live stream goes on. */
  onFailed: (error: TakeWriteFailed) => void;
  /** Called when more is safely on disk: the media of all that is fed up to this time, in seconds of media time. */
  onStored?: (endSeconds: number) => void;
};

/**
 * Records one session of a stream as one take: taps the closed segments of the packager, from now until `finish()`. A
 * session without a whole segment leaves nothing on disk.
 */
export class StreamRecorder implements AsyncDisposable {
  readonly takeId = newId('take');
  readonly #options: StreamRecorderOptions;
  #writer: TakeWriter | undefined;
  #finished: Promise<void> | undefined;
  /** end of what is on disk of each rendition, in seconds of media time */
  readonly #storedEnds = new Map<RenditionId, number>();
  readonly #renditionIds: readonly RenditionId[];
  readonly #rows: SegmentRows;

  constructor(options: StreamRecorderOptions) {
    this.#options = options;
    this.#renditionIds = options.renditionIds ?? options.packager.renditionIds;
    this.#rows = new SegmentRows(this.#renditionIds);
    options.packager.on('segment', this.#onSegment);
  }

  /** The take as far as it is safely on disk; `null` before its first segment is. */
  observed(): ObservedTake | null {
    const take = this.#writer?.index();
    return take === undefined || take.segments.length === 0 ? null : observedTake(take);
  }

  /**
   * Closes the take. Call it after the packager finished the session, so that the last segment is in it; nothing published
   * after the call is.
   */
  async finish(): Promise<void> {
    this.#options.packager.off('segment', this.#onSegment);
    this.#write(this.#rows.rest());
    this.#finished ??=
      this.#writer === undefined ? Promise.resolve() : this.#options.recordings.finishTake(this.#writer);
    await this.#finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }

  readonly #onSegment = (closed: ClosedSegment): void => this.#write(this.#rows.add(closed));

  #write(closed: readonly ClosedSegment[]): void {
    const [first] = closed;
    if (first !== undefined) {
      this.#writer ??= this.#createTake(first.segment.programDateTimeMs);
      this.#writer.append(...closed.map(segmentToWrite));
    }
  }

  /** Once it is on disk the live window need not keep it. */
  readonly #onStored = ({ renditionId, mediaSequence, offset, length, ticks }: TakeSegment): void => {
    const { recordings, packager, streamId, onStored } = this.#options;
    const path = recordings.takeFile(streamId, this.takeId, renditionId);
    packager.stored(renditionId, mediaSequence, { path, offset, byteLength: length });
    const timescale = this.#writer?.index().renditions.get(renditionId)?.timescale;
    if (ticks !== undefined && timescale !== undefined) {
      this.#storedEnds.set(renditionId, ticks.end / timescale);
    }
    const ends = this.#renditionIds.map((id) => this.#storedEnds.get(id));
    if (ends.every((end) => end !== undefined)) {
      onStored?.(Math.min(...ends));
    }
  };

  #createTake(startedAtMs: number): TakeWriter {
    const { recordings, streamId, epoch, recorderSession, originSeconds, onFailed } = this.#options;
    return recordings.createTake(
      { type: 'take', takeId: this.takeId, streamId, epoch, recorderSession, startedAtMs, originSeconds },
      onFailed,
      this.#onStored,
    );
  }
}
