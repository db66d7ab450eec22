import type { Chunk } from '../../stream-node/contract/ingest-protocol';
import type { ClockSample } from './clock-offset';
import type { ChunkStore, KeptSession } from './kept-session';

export type SessionKeeperOptions = {
  /** null where the browser keeps nothing: the media then lives in this page alone */
  store: ChunkStore | null;
  session: KeptSession;
  /** told once, when the store fails; the session is then no longer kept */
  onFault?: (error: Error) => void;
};

/**
 * Keeps one recorder session in a store: chunks as they are captured, until the node has acknowledged them. Capture never
 * waits for it: while one write is under way, all that comes meanwhile waits for the next.
 */
export class SessionKeeper {
  readonly #options: SessionKeeperOptions;
  #session: KeptSession;
  /** captured and not yet written */
  #unwritten: Chunk[] = [];
  /** how many bytes each chunk has that is kept, by sequence from `firstSequence` on */
  #sizes: number[] = [];
  #acknowledged: number;
  #droppedUpTo = -1;
  #isDirty = false;
  #isOver = false;
  #isFaulty: boolean;
  #writing: Promise<void> | null = null;

  constructor(options: SessionKeeperOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#acknowledged = options.session.firstSequence - 1;
    this.#isFaulty = options.store === null;
  }

  /** The session as it is now, whether or not that is written. */
  get session(): KeptSession {
    return this.#session;
  }

  /** False when the store has not got everything: what is not acknowledged must then stay in memory. */
  get isKeeping(): boolean {
    return !this.#isFaulty;
  }

  /** Puts the session itself into the store, so that it is found even when nothing of it waits. */
  begin(): void {
    this.#touch();
  }

  add(chunk: Chunk): void {
    this.#unwritten.push(chunk);
    this.#sizes.push(chunk.bytes.byteLength);
    this.#session = {
      ...this.#session,
      lastSequence: chunk.sequence,
      bytes: this.#session.bytes + chunk.bytes.byteLength,
      capturedUntilMs: chunk.captureTimeMs,
    };
    this.#touch();
  }

  /** The node has all up to `sequence`. It leaves the store with the next write: until then it does no harm. */
  acknowledge(sequence: number): void {
    const covered = Math.min(sequence, this.#session.lastSequence) - this.#acknowledged;
    if (covered <= 0) {
      return;
    }
    this.#acknowledged += covered;
    const gone = this.#sizes.splice(0, covered).reduce((sum, size) => sum + size, 0);
    this.#unwritten = this.#unwritten.filter((chunk) => chunk.sequence > this.#acknowledged);
    this.#session = {
      ...this.#session,
      firstSequence: this.#acknowledged + 1,
      bytes: this.#session.bytes - gone,
    };
    this.#isDirty = true;
  }

  /** This node has its beginning, and is the only one that can take the rest. */
  heldAt(nodeUrl: string): void {
    if (this.#session.nodeUrl !== nodeUrl) {
      this.#session = { ...this.#session, nodeUrl };
      this.#touch();
    }
  }

  clock(sample: ClockSample): void {
    this.#session = { ...this.#session, clock: { offsetMs: sample.offsetMs, roundTripMs: sample.roundTripMs } };
    this.#touch();
  }

  /** Settles when everything known so far is written, or the store has failed. */
  async settled(): Promise<void> {
    while (this.#writing !== null || (this.#isDirty && this.#mayWrite)) {
      if (this.#isDirty) {
        this.#touch();
      }
      await this.#writing;
    }
  }

  /** What is kept of the session, read back from the store. Rejects with the store's fault. */
  async load(): Promise<Chunk[]> {
    await this.settled();
    const stored = (await this.#options.store?.chunks(this.#session.hello.recorderSession)) ?? [];
    const chunks = stored.filter((chunk) => chunk.sequence > this.#acknowledged);
    this.#sizes = chunks.map((chunk) => chunk.bytes.byteLength);
    this.#session = { ...this.#session, bytes: this.#sizes.reduce((sum, size) => sum + size, 0) };
    return chunks;
  }

  /** The node has the whole session, or nobody ever will. */
  async forget(): Promise<void> {
    this.#isOver = true;
    this.#unwritten = [];
    this.#sizes = [];
    this.#session = { ...this.#session, firstSequence: this.#session.lastSequence + 1, bytes: 0 };
    await this.#writing;
    // A store that fails at this keeps a little too much, which the next page finds and sends to nobody's harm.
    await this.#options.store?.remove(this.#session.hello.recorderSession).catch(() => undefined);
  }

  get #mayWrite(): boolean {
    return !this.#isOver && !this.#isFaulty;
  }

  #touch(): void {
    this.#isDirty = true;
    if (this.#mayWrite && this.#options.store !== null) {
      this.#writing ??= this.#write(this.#options.store);
    }
  }

  async #write(store: ChunkStore): Promise<void> {
    while (this.#isDirty && this.#mayWrite) {
      this.#isDirty = false;
      const chunks = this.#unwritten;
      this.#unwritten = [];
      const isDropping = this.#acknowledged > this.#droppedUpTo;
      this.#droppedUpTo = this.#acknowledged;
      try {
        await store.write({ session: this.#session, chunks, dropUpTo: isDropping ? this.#acknowledged : -1 });
      } catch (error) {
        this.#isFaulty = true;
        this.#options.onFault?.(error instanceof Error ? error : new Error('the browser kept nothing'));
      }
    }
    // In the same step as the last look at what is new, or a chunk could come between and wait for another.
    this.#writing = null;
  }
}
