import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Rendition, RenditionId } from '../contract/ladder';
import { indexFileName, renditionFileName, takeFolder } from './recording-paths';
import type { TakeHeader, TakeIndex, TakeIndexLine, TakeRendition, TakeSegment } from './take-index';

/** A closed segment on its way to disk. */
export type SegmentToWrite = {
  rendition: Rendition;
  codec: string;
  initBytes: Buffer;
  mediaSequence: number;
  /** event-clock time of the first sample, unix milliseconds */
  programDateTimeMs: number;
  durationSeconds: number;
  /** ticks per second of `ticks` */
  timescale?: number;
  /** decode times: of the first sample, and of the last one's end */
  ticks?: { start: number; end: number };
  bytes: Buffer;
};

/** A take cannot be written on; what its index holds stays good. `code` is the system's, such as `ENOSPC`. */
export class TakeWriteFailed extends Error {
  override readonly name = 'TakeWriteFailed';

  constructor(
    readonly takeId: string,
    readonly code: string,
    cause: unknown,
  ) {
    super(`take ${takeId} cannot be written on: ${code}`, { cause });
  }
}

export type TakeWriterOptions = {
  recordingsFolder: string;
  header: TakeHeader;
  /** segments that wait for the disk, in bytes; beyond it the take is given up, so that a slow disk never fills the memory */
  queueBytesMax?: number;
  /** Called once, when the take had to be given up. */
  onFailed: (error: TakeWriteFailed) => void;
  /** Called for each segment that is safely on disk, in their order. */
  onStored?: ((segment: TakeSegment) => void) | undefined;
};

type OpenRendition = { file: FileHandle; line: TakeRendition; endOffset: number };

const defaultQueueBytesMax = 64 * 1024 * 1024;

/**
 * Writes one take. Segments are queued and written in order, media first: a line reaches the index only after the bytes it
 * names are synced. What queues up while the disk is busy shares the next pair of syncs.
 */
export class TakeWriter {
  readonly folder: string;
  readonly #options: TakeWriterOptions;
  readonly #renditions = new Map<RenditionId, OpenRendition>();
  #index: FileHandle | undefined;
  /** of the index, safe on disk */
  #indexBytes = 0;
  #queue: SegmentToWrite[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | undefined;
  #isFinished = false;
  #failure: TakeWriteFailed | undefined;
  readonly #syncedRenditions = new Map<RenditionId, TakeRendition>();
  readonly #syncedSegments: TakeSegment[] = [];
  #view: TakeIndex | undefined;

  constructor(options: TakeWriterOptions) {
    this.#options = options;
    this.folder = takeFolder(options.recordingsFolder, options.header.streamId, options.header.takeId);
  }

  /**
   * Takes segments over, which reach the index together; never waits and never throws. Nothing is taken after a failure or
   * `finish()`.
   */
  append(...segments: SegmentToWrite[]): void {
    if (this.#isFinished || this.#failure !== undefined) {
      return;
    }
    this.#queue.push(...segments);
    this.#queuedBytes += segments.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    if (this.#queuedBytes > (this.#options.queueBytesMax ?? defaultQueueBytesMax)) {
      this.#fail(Object.assign(new Error('the disk is too slow'), { code: 'QUEUE_FULL' }));
      return;
    }
    this.#writing ??= this.#drain();
  }

  /**
   * Writes what is queued and the end line, then closes the files. After a failure nothing half-written stays: the files are
   * cut to what the index names, and a take of which nothing is safe is removed.
   */
  async finish(): Promise<void> {
    this.#isFinished = true;
    await this.#writing;
    try {
      if (this.#failure !== undefined) {
        await this.#cutToIndex();
      }
      if (this.#index !== undefined) {
        await this.#writeLines([{ type: 'end' }]);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#view = undefined;
      await this.#closeFiles();
    }
  }

  /** The take as it is safely on disk, the same object until that changes. Nothing will be added once it is `closed`. */
  index(): TakeIndex {
    this.#view ??= {
      header: this.#options.header,
      renditions: new Map(this.#syncedRenditions),
      segments: [...this.#syncedSegments],
      closed: this.#failure !== undefined || (this.#isFinished && this.#writing === undefined),
    };
    return this.#view;
  }

  /** Never rejects: a failure is told to `onFailed` and ends the take. */
  async #drain(): Promise<void> {
    try {
      while (this.#queue.length > 0 && this.#failure === undefined) {
        const batch = this.#queue;
        this.#queue = [];
        await this.#writeBatch(batch);
        this.#queuedBytes -= batch.reduce((sum, segment) => sum + segment.bytes.byteLength, 0);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeBatch(batch: SegmentToWrite[]): Promise<void> {
    const lines: TakeIndexLine[] = this.#index === undefined ? [await this.#begin()] : [];
    const touched = new Set<OpenRendition>();
    for (const segment of batch) {
      const known = this.#renditions.get(segment.rendition.id);
      const rendition = known ?? (await this.#openRendition(segment));
      if (known === undefined) {
        lines.push(rendition.line);
      }
      touched.add(rendition);
      lines.push(await writeSegment(rendition, segment));
    }
    await Promise.all([...touched].map(({ file }) => file.datasync()));
    await this.#writeLines(lines);
    for (const line of lines) {
      if (line.type === 'rendition') {
        this.#syncedRenditions.set(line.rendition.id, line);
      } else if (line.type === 'segment') {
        this.#syncedSegments.push(line);
      }
    }
    this.#view = undefined;
    for (const line of lines) {
      if (line.type === 'segment') {
        this.#options.onStored?.(line);
      }
    }
  }

  async #begin(): Promise<TakeHeader> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    this.#index = await open(join(this.folder, indexFileName), 'ax', 0o600);
    await syncFolder(dirname(this.folder));
    return this.#options.header;
  }

  async #openRendition({ rendition, codec, initBytes, timescale }: SegmentToWrite): Promise<OpenRendition> {
    const file = await open(join(this.folder, renditionFileName(rendition.id)), 'ax', 0o600);
    const line: TakeRendition = {
      type: 'rendition',
      rendition,
      codec,
      initBytes: initBytes.byteLength,
      initSha256: createHash('sha256').update(initBytes).digest('hex'),
      ...(timescale !== undefined && { timescale }),
    };
    const opened = { file, line, endOffset: initBytes.byteLength };
    this.#renditions.set(rendition.id, opened);
    await file.appendFile(initBytes);
    await syncFolder(this.folder);
    return opened;
  }

  async #writeLines(lines: TakeIndexLine[]): Promise<void> {
    const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await this.#index?.appendFile(text);
    await this.#index?.datasync();
    this.#indexBytes += text.byteLength;
  }

  async #cutToIndex(): Promise<void> {
    if (this.#index === undefined) {
      return;
    }
    if (this.#syncedSegments.length === 0) {
      await this.#closeFiles();
      await rm(this.folder, { recursive: true, force: true });
      return;
    }
    await this.#index.truncate(this.#indexBytes);
    for (const [id, { file, line }] of this.#renditions) {
      const last = this.#syncedSegments.findLast(({ renditionId }) => renditionId === id);
      await file.truncate(last === undefined ? line.initBytes : last.offset + last.length);
    }
  }

  #fail(cause: unknown): void {
    if (this.#failure !== undefined) {
      return;
    }
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'UNKNOWN';
    this.#failure = new TakeWriteFailed(this.#options.header.takeId, code, cause);
    this.#queue = [];
    this.#view = undefined;
    this.#options.onFailed(this.#failure);
  }

  async #closeFiles(): Promise<void> {
    const files = [this.#index, ...[...this.#renditions.values()].map(({ file }) => file)];
    this.#index = undefined;
    await Promise.allSettled(files.map((file) => file?.close()));
  }
}

async function writeSegment(rendition: OpenRendition, segment: SegmentToWrite): Promise<TakeSegment> {
  await rendition.file.appendFile(segment.bytes);
  const line: TakeSegment = {
    type: 'segment',
    renditionId: segment.rendition.id,
    mediaSequence: segment.mediaSequence,
    programDateTimeMs: segment.programDateTimeMs,
    durationSeconds: segment.durationSeconds,
    offset: rendition.endOffset,
    length: segment.bytes.byteLength,
    ...(segment.ticks && { ticks: segment.ticks }),
  };
  rendition.endOffset += line.length;
  return line;
}

/** A new name in a folder survives a power cut only once the folder is synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
