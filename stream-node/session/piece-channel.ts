import { rm } from 'node:fs/promises';
import type { ReadForm } from '../ingest/pieces/piece-calls';
import { pieceContainerOf } from '../ingest/pieces/piece-container';
import type { PieceFacts } from '../ingest/pieces/piece-facts';
import type { PieceForm } from '../ingest/pieces/piece-form';
import type { TakenPiece } from '../ingest/pieces/piece-index';
import { PieceRefused } from '../ingest/pieces/piece-refused';
import type { PieceStore } from '../ingest/pieces/piece-store';
import { planPiece } from '../transcode/piece-plan';
import { PieceProbeError, probePiece } from '../transcode/piece-probe';
import { listPiece } from './list-piece';
import { PieceSessions, type PieceSessionsPorts } from './piece-sessions';
import type { StreamPorts } from './stream-ports';

export type PieceChannelPorts = PieceSessionsPorts &
  Pick<StreamPorts, 'abilities' | 'ffprobePath'> & {
    /** how long a missing piece holds up the ones after it, in milliseconds */
    readonly gapWaitMs: number;
    /** A piece came: the broadcaster is there. */
    heard(): void;
    /** None follows. */
    finished(): void;
    /** None came for long. */
    silent(): void;
  };

/** What a piece may last, in seconds; a track may be a little longer or shorter than it was asked to be. */
const pieceSeconds = { least: 0.9, most: 30.5 };
const silenceMs = 30_000;
/** An upload is answered when its piece is listed, or after this long, in milliseconds: it is safe by then. */
const listingWaitMs = 10_000;
/** How long uploads that are under way at a stop may take to come in, in milliseconds. */
const inHandWaitMs = 30_000;

/** The pieces of one stream on their way: kept, put in order, made into segments, and handed to the live stream. */
export class PieceChannel {
  #queue: Promise<void> = Promise.resolve();
  #gapTimer: NodeJS.Timeout | undefined;
  #silenceTimer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #isClosed = false;
  /** uploads that are under way */
  readonly #inHand = new Set<Promise<number>>();
  readonly #sessions: PieceSessions;

  constructor(
    readonly store: PieceStore,
    private readonly ports: PieceChannelPorts,
  ) {
    this.#sessions = new PieceSessions(store, ports);
  }

  /** What an earlier process left: pieces that are not listed, and sessions that are not in the recording. */
  resume(): void {
    void this.#sessions.remakeAll();
    void this.#advance();
  }

  /**
   * Takes in a piece. Resolves when it is safe on disk and, if it is its turn and that does not take long, listed; what was
   * here before is not kept again.
   *
   * @returns its sequence
   * @throws PieceRefused
   */
  async upload(read: ReadForm, epoch: number): Promise<number> {
    this.#checkOpen(this.#isStopping);
    this.#sessions.epoch = epoch;
    const uploaded = this.#receive(read);
    this.#inHand.add(uploaded);
    try {
      return await uploaded;
    } finally {
      this.#inHand.delete(uploaded);
    }
  }

  async #receive(read: ReadForm): Promise<number> {
    const halfPath = this.store.newHalfPath();
    try {
      const form = await read(halfPath);
      if (!this.#isKnown(form.sequence, form.sha256) && (await this.#keep(form, halfPath))) {
        this.#heard();
        await atMost(this.#advance(), listingWaitMs);
      }
      return form.sequence;
    } finally {
      await rm(halfPath, { force: true });
    }
  }

  /** @returns false where the same piece came at the same time, and was faster */
  async #keep({ sequence, sha256 }: PieceForm, halfPath: string): Promise<boolean> {
    const container = await pieceContainerOf(halfPath);
    if (container === null) {
      throw new PieceRefused(422, 'video_chunk: must be a complete MP4, MPEG-TS or WebM file');
    }
    const facts = await this.#probe(halfPath, container);
    return await this.#inTurn(async () => {
      this.#checkOpen(this.store.hasEnded);
      if (this.#isKnown(sequence, sha256)) {
        return false;
      }
      const arrivedAtMs = this.ports.clock.nowMs();
      await this.store.add({ type: 'taken', sequence, sha256, container, facts, arrivedAtMs }, halfPath);
      return true;
    });
  }

  /**
   * No piece follows: those that are under way still count, missing ones are not waited for. Resolves when everything that
   * came is in the recording.
   */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await atMost(Promise.allSettled(this.#inHand), inHandWaitMs);
    clearTimeout(this.#silenceTimer);
    await this.#advance();
    const { streamId } = this.store;
    await this.#sessions.finish();
    this.ports.finished();
    if (!this.store.hasEnded) {
      await this.store.note({ type: 'end' });
    }
    await this.#sessions.remakeAll();
    this.ports.logger.info({ streamId, pieces: this.store.listed.length }, 'the pieces of a stream are complete');
  }

  /** Another publisher has the stream, or it is over: what is here is complete, and the next piece begins a session. */
  endSession(): void {
    this.#sessions.end();
  }

  /** Nothing is begun any more; what was begun is brought to its end. What is not done is done by the next process. */
  async close(): Promise<void> {
    this.#isStopping = true;
    this.#isClosed = true;
    clearTimeout(this.#gapTimer);
    clearTimeout(this.#silenceTimer);
    await this.#queue;
    await this.#sessions.close();
  }

  #checkOpen(isOver: boolean): void {
    if (isOver || this.store.hasEnded) {
      throw new PieceRefused(409, 'the stream is over');
    }
  }

  #isKnown(sequence: number, sha256: string): boolean {
    const known = this.store.taken(sequence);
    if (known !== undefined && known.sha256 !== sha256) {
      throw new PieceRefused(409, `sequence: ${sequence} was uploaded before, with other bytes`);
    }
    return known !== undefined;
  }

  async #probe(path: string, container: TakenPiece['container']): Promise<PieceFacts> {
    try {
      const facts = await probePiece(path, container, this.ports.ffprobePath);
      const { durationSeconds } = planPiece(facts, null);
      if (durationSeconds < pieceSeconds.least || durationSeconds > pieceSeconds.most) {
        throw new PieceRefused(422, `video_chunk: must last 1 to 30 s, not ${durationSeconds.toFixed(2)} s`);
      }
      return facts;
    } catch (error) {
      throw error instanceof PieceProbeError ? new PieceRefused(422, `video_chunk: ${error.message}`) : error;
    }
  }

  async #inTurn<Value>(job: () => Promise<Value>): Promise<Value> {
    const done = this.#queue.then(job);
    this.#queue = done.then(
      () => {},
      () => {},
    );
    return await done;
  }

  #heard(): void {
    this.ports.heard();
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.ports.silent(), silenceMs);
  }

  /** Lists every piece whose turn it is. */
  async #advance(): Promise<void> {
    try {
      while (await this.#inTurn(() => this.#advanceOne())) {
        // One at a time, so that uploads get their turn between two.
      }
    } catch (error) {
      this.ports.logger.error({ err: error, streamId: this.store.streamId }, 'a piece could not be listed');
    }
  }

  /** @returns whether there may be another one */
  async #advanceOne(): Promise<boolean> {
    clearTimeout(this.#gapTimer);
    const { gapWaitMs } = this.ports;
    const { waiting, lastSequence } = this.store;
    const [next] = waiting;
    if (next === undefined || this.#isClosed) {
      return false;
    }
    const isGap = next.sequence > lastSequence + 1;
    const waitedMs = this.ports.clock.nowMs() - Math.min(...waiting.map(({ arrivedAtMs }) => arrivedAtMs));
    if (isGap && !this.#isStopping && waitedMs < gapWaitMs) {
      this.#gapTimer = setTimeout(() => void this.#advance(), gapWaitMs - waitedMs);
      return false;
    }
    const { abilities, logger } = this.ports;
    const list = { store: this.store, sessions: this.#sessions, abilities, logger };
    await listPiece(next, { isGap, isLate: next.sequence < lastSequence }, list);
    return true;
  }
}

async function atMost(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    done,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
