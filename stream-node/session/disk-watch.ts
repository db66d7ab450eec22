import { type DiskLevel, type ObservedDisk, takesRecordings } from '../contract/recording-state';
import type { Logger } from '../logger';
import { type DiskLimits, diskBytes, diskLevel } from '../store/disk-level';

const lookEveryMs = 1000;

export type DiskWatchOptions = {
  /** what must outlive the process is kept below it */
  folder: string;
  limits: DiskLimits;
  logger: Logger;
  /** Called when the level has changed, with the one before. */
  onLevel: (before: DiskLevel) => void;
  /** of the disk that holds a folder; a test may have its own */
  bytesOf?: typeof diskBytes;
};

/** Looks at the free space of the node's disk once a second. A disk that cannot be asked counts as it last was. */
export class DiskWatch implements AsyncDisposable {
  #disk: ObservedDisk = { level: 'ample', freeBytes: 0, totalBytes: 0 };
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  private constructor(private readonly options: DiskWatchOptions) {}

  /** Looks once, then on and on. */
  static async start(options: DiskWatchOptions): Promise<DiskWatch> {
    const watch = new DiskWatch(options);
    await watch.look();
    watch.#timer = setInterval(() => void watch.look(), lookEveryMs);
    return watch;
  }

  get observed(): ObservedDisk {
    return this.#disk;
  }

  /** whether anything but journals may be written now */
  get takesRecordings(): boolean {
    return takesRecordings(this.#disk.level);
  }

  look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const { folder, limits, logger, onLevel, bytesOf = diskBytes } = this.options;
    try {
      const bytes = await bytesOf(folder);
      const { level: before } = this.#disk;
      const level = diskLevel(bytes.freeBytes, limits, before);
      this.#disk = { ...bytes, level };
      if (level !== before) {
        logger.warn({ level, before, freeBytes: bytes.freeBytes }, 'the room on the disk');
        onLevel(before);
      }
    } catch (error) {
      logger.error({ reason: error instanceof Error ? error.message : String(error) }, 'the disk could not be asked');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}
