import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { StreamId } from '../../contract/ids';
import {
  type ListedPiece,
  type PieceIndexLine,
  type PieceSession,
  parsePieceIndex,
  type TakenPiece,
} from './piece-index';

const indexName = 'index.jsonl';
/** In the names of files that are not whole yet: nothing after a crash. */
const halfMark = '.half';

/**
 * The pieces of one stream on disk, `<data>/pieces/<stream>/`: each file as it came, until the segment made of it is safe,
 * then the segments. What `add` and `list` have resolved for survives any crash.
 */
export class PieceStore {
  readonly #taken = new Map<number, TakenPiece>();
  readonly #listed: ListedPiece[] = [];
  readonly #done = new Set<number>();
  readonly #sessions = new Map<string, PieceSession>();
  readonly #recorded = new Set<string>();
  #lastSequence = -1;
  #hasEnded = false;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    readonly streamId: string,
    private readonly folder: string,
  ) {}

  /** Opens what is there of a stream, or makes it. @throws Error of the file system */
  static async open(dataDirectory: string, streamId: string): Promise<PieceStore> {
    const folder = pieceFolder(dataDirectory, streamId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, indexName);
    const { lines, bytes } = parsePieceIndex(await readFile(path).catch(() => Buffer.alloc(0)));
    await (await open(path, 'a', 0o600)).close();
    // What a crash tore off is not followed by anything.
    await truncate(path, bytes);
    await syncFolder(folder);
    const store = new PieceStore(streamId, folder);
    for (const line of lines) {
      store.#apply(line);
    }
    for (const name of await readdir(folder)) {
      if (name.includes(halfMark)) {
        await rm(join(folder, name), { force: true });
      }
    }
    return store;
  }

  /** Streams that have pieces on disk. */
  static async streamIds(dataDirectory: string): Promise<string[]> {
    return await readdir(join(dataDirectory, 'pieces')).catch(() => []);
  }

  static async remove(dataDirectory: string, streamId: string): Promise<void> {
    await rm(pieceFolder(dataDirectory, streamId), { recursive: true, force: true });
  }

  taken(sequence: number): TakenPiece | undefined {
    return this.#taken.get(sequence);
  }

  /** Pieces that are not made into segments yet, by sequence. */
  get waiting(): TakenPiece[] {
    return [...this.#taken.values()]
      .filter(({ sequence }) => !this.#done.has(sequence))
      .sort((a, b) => a.sequence - b.sequence);
  }

  /** Segments in the order in which they were made. */
  get listed(): readonly ListedPiece[] {
    return this.#listed;
  }

  get sessions(): PieceSession[] {
    return [...this.#sessions.values()];
  }

  /** The highest sequence that was dealt with; -1 for none. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  isRecorded(recorderSession: string): boolean {
    return this.#recorded.has(recorderSession);
  }

  piecePath({ sequence }: { sequence: number }): string {
    return join(this.folder, `${sequence}.piece`);
  }

  segmentPath({ file }: Pick<ListedPiece, 'file'>): string {
    return join(this.folder, file);
  }

  /** A path for a file that is being written; forgotten at the next start. */
  newHalfPath(extension = ''): string {
    return join(this.folder, `${randomBytes(9).toString('hex')}${halfMark}${extension}`);
  }

  /** Keeps a piece; `halfPath` is moved. @throws Error of the file system */
  async add(piece: TakenPiece, halfPath: string): Promise<void> {
    await this.#keep(halfPath, this.piecePath(piece));
    await this.note(piece);
  }

  /** Keeps the segment that was made of a piece, and lets the piece itself go. @throws Error of the file system */
  async list(piece: ListedPiece, halfPath: string): Promise<void> {
    await this.#keep(halfPath, this.segmentPath(piece));
    await this.note(piece);
    await rm(this.piecePath(piece), { force: true });
  }

  /** Adds a line to the index. Resolves when it is synced. @throws Error of the file system */
  async note(line: PieceIndexLine): Promise<void> {
    const written = this.#writing
      .catch(() => {})
      .then(async () => {
        const index = await open(join(this.folder, indexName), 'a');
        try {
          await index.appendFile(`${JSON.stringify(line)}\n`);
          await index.datasync();
        } finally {
          await index.close();
        }
        this.#apply(line);
      });
    this.#writing = written;
    await written;
  }

  async #keep(halfPath: string, path: string): Promise<void> {
    const file = await open(halfPath, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(halfPath, path);
    await syncFolder(this.folder);
  }

  /** One that came late is lower than others that were dealt with. */
  #dealtWith(sequence: number): void {
    this.#done.add(sequence);
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
  }

  #apply(line: PieceIndexLine): void {
    switch (line.type) {
      case 'taken':
        this.#taken.set(line.sequence, line);
        break;
      case 'listed':
        this.#listed.push(line);
        this.#dealtWith(line.sequence);
        break;
      case 'spoilt':
        this.#dealtWith(line.sequence);
        break;
      case 'session':
        this.#sessions.set(line.recorderSession, line);
        break;
      case 'recorded':
        this.#recorded.add(line.recorderSession);
        break;
      case 'end':
        this.#hasEnded = true;
        break;
      default:
        line satisfies never;
    }
  }
}

function pieceFolder(dataDirectory: string, streamId: string): string {
  return join(dataDirectory, 'pieces', StreamId.parse(streamId));
}

/** A new name is safe once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
