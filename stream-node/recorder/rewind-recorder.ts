import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../contract/ids';
import type { ClosedSegment } from '../packager/media-types';
import type { StreamPackager } from '../packager/stream-packager';
import { renditionFileName, streamFolder, takeFolder } from '../store/recording-paths';
import { type TakeWriteFailed, TakeWriter } from '../store/take-writer';
import { segmentToWrite } from './segment-to-write';

/** Where they lie; nothing in it outlives the process. */
export function rewindFolder(dataDirectory: string): string {
  return join(dataDirectory, 'rewind');
}

export type RewindRecorderOptions = {
  packager: StreamPackager;
  /** {@link rewindFolder} */
  folder: string;
  streamId: string;
  epoch: number;
  /** how far back the live playlist reaches, in seconds */
  windowSeconds: number;
  /** Called once for each piece that had to be given up, as on a full disk; its segments stay in memory. */
  onFailed: (error: TakeWriteFailed) => void;
  /** the length of a piece, in seconds of media; for tests */
  pieceSeconds?: number;
};

/** One piece is deleted when all of it has left the window, so that the disk holds at most one more than the window. */
const defaultPieceSeconds = 300;
/** What left the playlist is fetched for some seconds more. */
const marginSeconds = 60;

type Piece = { readonly takeId: string; readonly writer: TakeWriter; readonly startMs: number; endMs: number };

/**
 * Keeps on disk what viewers may go back to of a stream that is not recorded: pieces of some minutes, each written as a
 * take, the oldest deleted as the window moves on. It begins and ends with the packager, whatever sessions it has.
 */
export class RewindRecorder implements AsyncDisposable {
  readonly #options: RewindRecorderOptions;
  #pieces: Piece[] = [];
  /** deletions that run */
  #deleting: Promise<unknown> = Promise.resolve();

  constructor(options: RewindRecorderOptions) {
    this.#options = options;
    options.packager.on('segment', this.#onSegment);
  }

  /** Deletes everything; the window must be of no use any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { packager, folder, streamId } = this.#options;
    packager.off('segment', this.#onSegment);
    await Promise.all(this.#pieces.splice(0).map(({ writer }) => writer.finish()));
    await this.#deleting;
    await rm(streamFolder(folder, streamId), { recursive: true, force: true });
  }

  readonly #onSegment = (closed: ClosedSegment): void => {
    const { programDateTimeMs, durationSeconds } = closed.segment;
    const piece = this.#pieceFor(programDateTimeMs);
    piece.endMs = Math.max(piece.endMs, programDateTimeMs + durationSeconds * 1000);
    piece.writer.append(segmentToWrite(closed));
    this.#deleteOld(programDateTimeMs);
  };

  #pieceFor(startMs: number): Piece {
    const last = this.#pieces.at(-1);
    const { pieceSeconds = defaultPieceSeconds } = this.#options;
    if (last !== undefined && startMs < last.startMs + pieceSeconds * 1000) {
      return last;
    }
    void last?.writer.finish();
    const takeId = newId('take');
    const piece = { takeId, writer: this.#newWriter(takeId, startMs), startMs, endMs: startMs };
    this.#pieces.push(piece);
    return piece;
  }

  #newWriter(takeId: string, startedAtMs: number): TakeWriter {
    const { packager, folder, streamId, epoch, onFailed } = this.#options;
    const recorderSession = newId('recorderSession');
    return new TakeWriter({
      recordingsFolder: folder,
      header: { type: 'take', takeId, streamId, epoch, recorderSession, startedAtMs },
      onFailed,
      onStored: ({ renditionId, mediaSequence, offset, length }) => {
        const path = join(takeFolder(folder, streamId, takeId), renditionFileName(renditionId));
        packager.stored(renditionId, mediaSequence, { path, offset, byteLength: length });
      },
    });
  }

  #deleteOld(nowMs: number): void {
    const { folder, streamId, windowSeconds } = this.#options;
    const oldestMs = nowMs - (windowSeconds + marginSeconds) * 1000;
    const old = this.#pieces.filter((piece) => piece.endMs < oldestMs && piece !== this.#pieces.at(-1));
    if (old.length === 0) {
      return;
    }
    this.#pieces = this.#pieces.filter((piece) => !old.includes(piece));
    const deletions = old.map(async ({ takeId, writer }) => {
      await writer.finish();
      await rm(takeFolder(folder, streamId, takeId), { recursive: true, force: true });
    });
    this.#deleting = Promise.allSettled([this.#deleting, ...deletions]);
  }
}
