import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StreamId, TakeId } from '../contract/ids';
import type { ObservedTake } from '../contract/snapshots';
import { observedTake } from './observed-take';
import { renditionFileName, streamFolder, takeFolder } from './recording-paths';
import type { TakeHeader, TakeIndex, TakeSegment } from './take-index';
import { EmptyTake, MalformedTake, readTake } from './take-reader';
import { type TakeWriteFailed, TakeWriter } from './take-writer';

/** A recording is still being written; end the stream first. */
export class RecordingInUse extends Error {
  override readonly name = 'RecordingInUse';
}

/** What is left of a recording while it is deleted; its name is no stream id. */
const trashPrefix = '.deleted-';
/** Streams whose indexes are kept in memory; a two-hour take of five renditions is some 3 MB. */
const keptStreamsMax = 32;

export type RecordingsOptions = {
  /** `<data>/recordings` */
  folder: string;
  /** Called for a take that cannot be read; it is left out. */
  onMalformed?: (takeId: string, error: MalformedTake) => void;
};

/**
 * All recordings of this node: `<folder>/<stream>/<take>/`. What is being written is asked of its writer; all else is read
 * from disk and kept, for a finished take never changes.
 */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #writers = new Map<string, TakeWriter>();
  /** finished takes by stream, the one asked for last at the end */
  readonly #kept = new Map<string, Promise<Map<string, TakeIndex>>>();

  private constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  /** Opens (and makes) the folder, and finishes deletions that a crash interrupted. */
  static async open(options: RecordingsOptions): Promise<Recordings> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const left = (await readdir(options.folder)).filter((name) => name.startsWith(trashPrefix));
    await Promise.all(left.map((name) => rm(join(options.folder, name), { recursive: true, force: true })));
    return new Recordings(options);
  }

  /** Ids of the streams that have a folder here. */
  async streamIds(): Promise<string[]> {
    const names = await readdir(this.#options.folder);
    return names.filter((name) => StreamId.safeParse(name).success);
  }

  /**
   * The takes of a stream, in event-clock order; none for a stream that is not recorded here. A take that nobody writes is
   * closed, whether its writer came to say so or not.
   */
  async takesOf(streamId: string): Promise<readonly TakeIndex[]> {
    const takes = [...(await this.#finished(streamId)).values()];
    for (const writer of this.#writers.values()) {
      const take = writer.index();
      if (take.header.streamId === streamId && take.segments.length > 0) {
        takes.push(take);
      }
    }
    return takes.toSorted((a, b) => a.header.startedAtMs - b.header.startedAtMs);
  }

  /** Every take of a stream as the web is told of it. */
  async observedTakesOf(streamId: string): Promise<ObservedTake[]> {
    return (await this.takesOf(streamId)).map(observedTake);
  }

  /** How much of a stream is recorded here, all takes together. */
  async totalsOf(streamId: string): Promise<Pick<ObservedTake, 'durationSeconds' | 'bytes'>> {
    const takes = await this.observedTakesOf(streamId);
    return {
      durationSeconds: takes.reduce((sum, take) => sum + take.durationSeconds, 0),
      bytes: takes.reduce((sum, take) => sum + take.bytes, 0),
    };
  }

  /** The file that holds one rendition of a take. */
  takeFile(streamId: string, takeId: string, renditionId: string): string {
    return join(takeFolder(this.#options.folder, streamId, takeId), renditionFileName(renditionId));
  }

  /** Begins a take; its files are made with its first segment. End it with `finishTake`. */
  createTake(
    header: TakeHeader,
    onFailed: (error: TakeWriteFailed) => void,
    onStored?: (segment: TakeSegment) => void,
  ): TakeWriter {
    const writer = new TakeWriter({ recordingsFolder: this.#options.folder, header, onFailed, onStored });
    this.#writers.set(header.takeId, writer);
    return writer;
  }

  async finishTake(writer: TakeWriter): Promise<void> {
    await writer.finish();
    const take = writer.index();
    const kept = await this.#kept.get(take.header.streamId);
    if (take.segments.length > 0) {
      kept?.set(take.header.takeId, take);
    }
    this.#writers.delete(take.header.takeId);
  }

  /**
   * Deletes all takes of a stream. Once this settles nothing of it can be seen any more, whatever happens to the process.
   *
   * @throws RecordingInUse
   */
  async delete(streamId: string): Promise<void> {
    const folder = streamFolder(this.#options.folder, streamId);
    for (const writer of this.#writers.values()) {
      if (writer.index().header.streamId === streamId) {
        throw new RecordingInUse(`stream ${streamId} is being recorded`);
      }
    }
    this.#kept.delete(streamId);
    const trash = join(this.#options.folder, `${trashPrefix}${randomUUID()}`);
    try {
      await rename(folder, trash);
    } catch (error) {
      if (isMissing(error)) {
        return;
      }
      throw error;
    }
    await rm(trash, { recursive: true, force: true });
  }

  async #finished(streamId: string): Promise<Map<string, TakeIndex>> {
    const kept = this.#kept.get(streamId) ?? this.#read(streamId);
    this.#kept.delete(streamId);
    this.#kept.set(streamId, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptStreamsMax && oldest !== undefined) {
      this.#kept.delete(oldest);
    }
    try {
      return await kept;
    } catch (error) {
      this.#kept.delete(streamId);
      throw error;
    }
  }

  async #read(streamId: string): Promise<Map<string, TakeIndex>> {
    const takes = new Map<string, TakeIndex>();
    for (const takeId of await takeIdsIn(streamFolder(this.#options.folder, streamId))) {
      if (this.#writers.has(takeId)) {
        continue;
      }
      try {
        const take = await readTake(takeFolder(this.#options.folder, streamId, takeId));
        takes.set(takeId, { ...take, closed: true });
      } catch (error) {
        if (error instanceof EmptyTake) {
          continue;
        }
        if (error instanceof MalformedTake) {
          this.#options.onMalformed?.(takeId, error);
        } else if (!isMissing(error)) {
          throw error;
        }
      }
    }
    return takes;
  }
}

async function takeIdsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => TakeId.safeParse(name).success);
  } catch (error) {
    if (isMissing(error)) {
      return [];
    }
    throw error;
  }
}

/** Such as a folder whose writer crashed before `index.jsonl`. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
