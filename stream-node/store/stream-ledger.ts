import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { StreamId } from '../contract/ids';
import { Rendition } from '../contract/ladder';

/** What the live playlists of a stream must not forget, whatever happens to the process. */
const LedgerEntry = z.object({
  version: z.literal(1),
  /** what the first session fixed for all later ones */
  renditions: z.array(Rendition).min(1),
  cut: z.object({
    partTargetSeconds: z.number().positive(),
    partHoldBackSeconds: z.number().positive(),
    videoPartFrames: z.int().min(0),
    audioPartFrames: z.int().min(1),
    gopFrames: z.int().min(0),
    segmentSeconds: z.number().positive(),
    targetDurationSeconds: z.number().positive().optional(),
    hidesParts: z.boolean().optional(),
  }),
  /** no media sequence from this one on was ever published */
  nextMediaSequence: z.int().min(0),
  /** how many discontinuities the stream has had */
  discontinuityNumber: z.int().min(0),
  record: z.boolean(),
  /** event-clock time that media times count from, unix milliseconds; absent in a ledger of before */
  mediaOriginMs: z.number().optional(),
  /** how long a lost publisher is waited for */
  graceSeconds: z.number().min(0),
});
export type LedgerEntry = Omit<z.infer<typeof LedgerEntry>, 'version'>;

/** So many media sequences are reserved at once, some minutes of them: a write to the disk for each segment is too many. */
const reservedSequences = 64;

/**
 * The ledger of one stream, `<data>/live/<stream>.json`. Media sequences are reserved in it before they are published, so
 * that after a crash the live playlist goes on above everything anybody has seen.
 */
export class StreamLedger {
  #writing: Promise<void> = Promise.resolve();
  #entry: LedgerEntry | undefined;

  private constructor(private readonly path: string) {}

  /** Opens the ledger; one that is not there, or cannot be read, is empty. */
  static async open(dataDirectory: string, streamId: string): Promise<StreamLedger> {
    const ledger = new StreamLedger(join(dataDirectory, 'live', `${StreamId.parse(streamId)}.json`));
    try {
      ledger.#entry = LedgerEntry.parse(JSON.parse(await readFile(ledger.path, 'utf8')));
    } catch {
      ledger.#entry = undefined;
    }
    return ledger;
  }

  get entry(): LedgerEntry | undefined {
    return this.#entry;
  }

  /**
   * Keeps what a session begins with, media sequences reserved.
   *
   * @throws Error of the file system
   */
  async begin(entry: LedgerEntry): Promise<void> {
    await this.#write({ ...entry, nextMediaSequence: entry.nextMediaSequence + reservedSequences });
  }

  /** A segment was published. Reserves more when few are left; never waits, and never rejects. */
  published(mediaSequence: number, onFailed: (error: Error) => void): void {
    const entry = this.#entry;
    if (entry !== undefined && mediaSequence + reservedSequences / 2 > entry.nextMediaSequence) {
      this.#write({ ...entry, nextMediaSequence: mediaSequence + reservedSequences }).catch(onFailed);
    }
  }

  /** The stream is over: nothing will be published. */
  async remove(): Promise<void> {
    await this.#writing.catch(() => {});
    await rm(this.path, { force: true });
  }

  async #write(entry: LedgerEntry): Promise<void> {
    this.#entry = entry;
    this.#writing = this.#writing.catch(() => {}).then(() => replaceFile(this.path, { version: 1, ...entry }));
    await this.#writing;
  }
}

/** Under another name first, so that a crash never leaves half of it. */
async function replaceFile(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.half`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(content));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.half`, path);
}
