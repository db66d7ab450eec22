import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock';
import type { IngestSource } from '../ingest/ingest-source';
import { journaledSessions } from '../ingest/journal-files';
import { LeftJournal } from '../ingest/left-journal';
import type { Logger } from '../logger';
import { restAwaitedMs } from './rest-deadline';

export type JournalKeeperOptions = {
  /** journals are kept below it, in `journals/` */
  dataDirectory: string;
  clock: Clock;
  logger: Logger;
  /** how long the publisher of a journal is waited for, in milliseconds */
  graceMs: (streamId: string) => number;
  /** resolves once no encoder works on this session any more */
  settled: (streamId: string, recorderSession: string) => Promise<void>;
  /** whether what a publisher sends of the stream later, perhaps after its end, is still wanted */
  takesRest: (streamId: string) => Promise<boolean>;
  /** whether the disk takes what a journal holds and the recording lacks */
  hasRoom: () => boolean;
  /** Makes what is missing of an ended source into the recording; `true`: nothing is missing, the journal may go. */
  remake: (source: IngestSource, signal: AbortSignal) => Promise<boolean>;
};

/** Of a session whose publisher may come back for hours not more than this is kept, in bytes. */
const awaitedBytesMax = 512 * 1024 * 1024;
/** Of what is recorded so much stays, in milliseconds of media, for encoding to go on from. */
const entryMarginMs = 10_000;

/**
 * Looks after the journals that nobody fills or reads: left by an earlier process, by a publisher that did not come back, or
 * filled by a backfill. Each is waited with for the grace window, then what it holds and the recording lacks is made into the
 * recording, one journal at a time, and the journal is deleted. Of a session that its page can still go on with the
 * beginning and the end stay for some hours: without them the rest could not be made into anything.
 */
export class JournalKeeper implements AsyncDisposable {
  readonly #waiting = new Map<string, { streamId: string; recorderSession: string; timer: NodeJS.Timeout }>();
  /** how many fill or read a session, which may be several: it may have a publisher again while it is still encoded */
  readonly #holders = new Map<string, number>();
  /** sessions of which everything up to this sequence is in the recording */
  readonly #whole = new Map<string, number>();
  readonly #over = new Set<string>();
  /** sessions that are recorded as far as they came, and whose publishers may come back with the rest */
  readonly #awaited = new Map<string, { streamId: string; recorderSession: string }>();
  /** sessions that wait for room on the disk */
  readonly #postponed = new Map<string, { streamId: string; recorderSession: string }>();
  #queue: Promise<void> = Promise.resolve();
  #running: { streamId: string; recorderSession: string; abort: AbortController; over: Promise<unknown> } | undefined;
  #isClosed = false;

  constructor(private readonly options: JournalKeeperOptions) {}

  /**
   * Waits with every journal that an earlier process left.
   *
   * @param graceMsOf how long the publishers of a stream were to be waited for, in milliseconds
   */
  async begin(graceMsOf: (streamId: string) => Promise<number>): Promise<void> {
    const folder = join(this.options.dataDirectory, 'journals');
    for (const streamId of await namesIn(folder)) {
      const graceMs = await graceMsOf(streamId);
      for (const recorderSession of await journaledSessions(this.options.dataDirectory, streamId)) {
        this.left(streamId, recorderSession, null, graceMs);
      }
    }
  }

  /** Somebody fills or reads the journal from now on, until {@link left} is called for them. */
  arrived(streamId: string, recorderSession: string): void {
    const key = keyOf(streamId, recorderSession);
    this.#stopWaiting(key);
    this.#awaited.delete(key);
    this.#postponed.delete(key);
    this.#holders.set(key, (this.#holders.get(key) ?? 0) + 1);
    this.#over.delete(streamId);
  }

  /** Somebody is about to open the journal to fill it: resolves once nothing is made of it, and nothing will be. */
  async claim(streamId: string, recorderSession: string): Promise<void> {
    this.arrived(streamId, recorderSession);
    await this.letGo(streamId, recorderSession);
  }

  /** Who claimed the journal does not fill it any more. `isComplete`: all of the session is in it. */
  release(streamId: string, recorderSession: string, isComplete: boolean): void {
    if (isComplete) {
      this.#dropHolder(keyOf(streamId, recorderSession));
      this.complete(streamId, recorderSession);
    } else {
      this.left(streamId, recorderSession, null);
    }
  }

  /**
   * Stops what is being made of the session's journal, for its publisher came back and goes on with it: resolves once what was
   * made is stored, so that nothing is made twice.
   */
  async letGo(streamId: string, recorderSession: string): Promise<void> {
    if (this.#running?.streamId === streamId && this.#running.recorderSession === recorderSession) {
      this.#running.abort.abort();
      await this.#running.over;
    }
  }

  /**
   * One who filled or read the journal does not any more; the last one's word counts.
   *
   * @param wholeUpTo the last sequence of which, and of all before, the media is in the recording; null: not all of it may be
   */
  left(
    streamId: string,
    recorderSession: string,
    wholeUpTo: number | null,
    graceMs = this.options.graceMs(streamId),
  ): void {
    const key = keyOf(streamId, recorderSession);
    if (this.#dropHolder(key) > 0) {
      return;
    }
    this.#stopWaiting(key);
    if (wholeUpTo === null) {
      this.#whole.delete(key);
    } else {
      this.#whole.set(key, wholeUpTo);
    }
    if (this.#over.has(streamId)) {
      this.complete(streamId, recorderSession);
    } else if (!this.#isClosed) {
      const timer = setTimeout(() => this.complete(streamId, recorderSession), graceMs);
      this.#waiting.set(key, { streamId, recorderSession, timer });
    }
  }

  /** Nothing will be added to the journal: it is made into the recording as soon as its turn comes. */
  complete(streamId: string, recorderSession: string): void {
    this.#stopWaiting(keyOf(streamId, recorderSession));
    this.#queue = this.#queue
      .then(() => this.#remake(streamId, recorderSession))
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.options.logger.error(
          { streamId, recorderSession, reason },
          'a journal could not be made into a recording',
        );
      });
  }

  /** The stream has ended: none of its publishers is waited for. Resolves when its journals are dealt with. */
  async streamOver(streamId: string): Promise<void> {
    this.#over.add(streamId);
    for (const { streamId: waitingId, recorderSession } of [...this.#waiting.values()]) {
      if (waitingId === streamId && !this.#awaited.has(keyOf(streamId, recorderSession))) {
        this.complete(streamId, recorderSession);
      }
    }
    await this.#queue;
  }

  /** The stream is about to be deleted: nothing of it is touched after this. */
  async forget(streamId: string): Promise<void> {
    for (const [key, waiting] of this.#waiting) {
      if (waiting.streamId === streamId) {
        this.#stopWaiting(key);
      }
    }
    for (const [key, awaited] of this.#awaited) {
      if (awaited.streamId === streamId) {
        this.#awaited.delete(key);
      }
    }
    for (const [key, postponed] of this.#postponed) {
      if (postponed.streamId === streamId) {
        this.#postponed.delete(key);
      }
    }
    if (this.#running?.streamId === streamId) {
      this.#running.abort.abort();
      await this.#queue;
    }
  }

  /** The disk is nearly full: nothing more is made of journals until {@link roomAgain}. */
  roomGone(): void {
    if (this.#running !== undefined) {
      const { streamId, recorderSession, abort } = this.#running;
      abort.abort();
      this.#postpone(streamId, recorderSession);
    }
    const awaited = [...this.#awaited.values()];
    this.#awaited.clear();
    for (const { streamId, recorderSession } of awaited) {
      this.complete(streamId, recorderSession);
    }
  }

  roomAgain(): void {
    const postponed = [...this.#postponed.values()];
    this.#postponed.clear();
    for (const { streamId, recorderSession } of postponed) {
      this.complete(streamId, recorderSession);
    }
  }

  /** Stops at once; what is not remade yet is found by the next process. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const key of [...this.#waiting.keys()]) {
      this.#stopWaiting(key);
    }
    this.#running?.abort.abort();
    await this.#queue;
  }

  async #remake(streamId: string, recorderSession: string): Promise<void> {
    const key = keyOf(streamId, recorderSession);
    await this.options.settled(streamId, recorderSession);
    if (this.#isClosed || this.#holders.has(key)) {
      return;
    }
    const abort = new AbortController();
    const over = this.#remakeUntil(streamId, recorderSession, abort.signal);
    this.#running = { streamId, recorderSession, abort, over: over.catch(() => {}) };
    try {
      await over;
    } finally {
      this.#running = undefined;
    }
  }

  async #remakeUntil(streamId: string, recorderSession: string, signal: AbortSignal): Promise<void> {
    const key = keyOf(streamId, recorderSession);
    const source = await this.#open(streamId, recorderSession);
    if (source === null) {
      this.#whole.delete(key);
      return;
    }
    source.end();
    try {
      const { appendedSequence, recordedUpTo } = source;
      const isWhole = [this.#whole.get(key), recordedUpTo, -1].includes(appendedSequence);
      const { hasRoom, remake } = this.options;
      if (signal.aborted) {
        return;
      }
      if (isWhole || (hasRoom() && (await remake(source, signal)))) {
        await this.#recorded(source);
      } else if (!hasRoom()) {
        this.#postpone(streamId, recorderSession);
      }
    } finally {
      await source.close();
    }
  }

  /** Lets go of the journal, or of most of it while its publisher may come back. */
  async #recorded(source: LeftJournal): Promise<void> {
    const { streamId, recorderSession } = source;
    const key = keyOf(streamId, recorderSession);
    const takesRest = await this.options.takesRest(streamId);
    if (this.#holders.has(key)) {
      // Its publisher came back meanwhile, and fills it.
      return;
    }
    const leftMs = source.writtenAtMs + restAwaitedMs - this.options.clock.nowMs();
    const isSmall = source.bytesReceived() <= awaitedBytesMax || source.newestContainerMs !== null;
    this.#whole.delete(key);
    this.#awaited.delete(key);
    const isWorthIt = source.isResumable && source.appendedSequence >= 0 && leftMs > 0 && isSmall;
    if (!isWorthIt || !takesRest || !this.options.hasRoom()) {
      await source.deleteJournal();
      return;
    }
    if (source.recordedUpTo !== source.appendedSequence) {
      source.noteRecorded();
    }
    source.release((source.newestContainerMs ?? 0) - entryMarginMs);
    if (!this.#isClosed) {
      this.#stopWaiting(key);
      const timer = setTimeout(() => this.complete(streamId, recorderSession), leftMs);
      this.#waiting.set(key, { streamId, recorderSession, timer });
      this.#awaited.set(key, { streamId, recorderSession });
    }
  }

  #open(streamId: string, recorderSession: string): Promise<LeftJournal | null> {
    const { dataDirectory, clock } = this.options;
    return LeftJournal.open({ streamId, recorderSession, dataDirectory, clock });
  }

  /** One who had it has it no more. @returns how many still have it */
  #dropHolder(key: string): number {
    const others = Math.max(0, (this.#holders.get(key) ?? 0) - 1);
    if (others > 0) {
      this.#holders.set(key, others);
    } else {
      this.#holders.delete(key);
    }
    return others;
  }

  /** Whoever has it by now says when it is over. */
  #postpone(streamId: string, recorderSession: string): void {
    const key = keyOf(streamId, recorderSession);
    if (!this.#holders.has(key)) {
      this.#postponed.set(key, { streamId, recorderSession });
    }
  }

  #stopWaiting(key: string): void {
    clearTimeout(this.#waiting.get(key)?.timer);
    this.#waiting.delete(key);
  }
}

function keyOf(streamId: string, recorderSession: string): string {
  return `${streamId} ${recorderSession}`;
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
