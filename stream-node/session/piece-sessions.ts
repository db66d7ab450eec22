import type { Clock } from '../clock';
import { newId } from '../contract/ids';
import type { ListedPiece, PieceSession, TakenPiece } from '../ingest/pieces/piece-index';
import type { PieceStore } from '../ingest/pieces/piece-store';
import { PiecesSource } from '../ingest/pieces/pieces-source';
import type { Logger } from '../logger';
import type { PiecePlan } from '../transcode/piece-plan';

export type PieceSessionsPorts = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A session begins: its media is wanted live. False: there is nobody to take it now. */
  offer(source: PiecesSource): boolean;
  /** resolves once no live encoder works on the session */
  settled(recorderSession: string): Promise<void>;
  /** Makes what the recording lacks of a session into it; false: not all of it is there. */
  remake(source: PiecesSource): Promise<boolean>;
};

/** Pieces that come so much later than they were played begin a new session, at the time they came, in milliseconds. */
const latenessMsMax = 10_000;
/** The place that is left on the event clock for pieces that are missing, at most. */
const roomMsMax = 60_000;

/** How a piece lies among the others. */
export type PiecePlace = {
  /** pieces before it are missing */
  readonly isGap: boolean;
  /** its gap was passed before it came */
  readonly isLate: boolean;
};

/** Gathers the pieces of a stream into recorder sessions, hands them to the live stream, and sees that all are recorded. */
export class PieceSessions {
  /** of the stream's assignment to this node */
  epoch = 1;
  #session: PieceSession | undefined;
  #source: PiecesSource | undefined;
  #remakes: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    private readonly store: PieceStore,
    private readonly ports: PieceSessionsPorts,
  ) {}

  /** The session that a piece belongs to; a new one where it does not simply go on. */
  async sessionFor(
    piece: TakenPiece,
    plan: PiecePlan,
    previous: ListedPiece | undefined,
    place: PiecePlace,
  ): Promise<PieceSession> {
    const capturedAtMs = piece.arrivedAtMs - plan.durationSeconds * 1000;
    const current = this.#session;
    if (current !== undefined && this.#source?.isOver === false && !place.isGap && !place.isLate) {
      const playsAtMs = current.eventTimeMs + (plan.startSeconds - current.startSeconds) * 1000;
      if (capturedAtMs - playsAtMs <= latenessMsMax) {
        return current;
      }
    }
    const session: PieceSession = {
      ...{ type: 'session', recorderSession: newId('recorderSession'), startSeconds: plan.startSeconds },
      eventTimeMs: this.#eventTimeOf(piece, plan, previous, place),
      ...{ hasVideo: plan.picture !== 'none', hasAudio: plan.sound !== 'none' },
    };
    await this.store.note(session);
    if (!place.isLate) {
      this.#begin(session);
    }
    return session;
  }

  /** A piece of a session is listed: it goes on to who reads the session, or as one that was late to the recording alone. */
  listed(piece: ListedPiece, session: PieceSession): void {
    if (piece.isLate) {
      this.#remake(session);
    } else {
      this.#source?.add({ ...piece, path: this.store.segmentPath(piece) });
    }
  }

  /** The session is complete; the next piece begins another one. */
  end(): void {
    this.#source?.end();
    this.#source = undefined;
  }

  /** Ends the session. Resolves once the live stream has all of it. */
  async finish(): Promise<void> {
    this.end();
    if (this.#session !== undefined) {
      await this.ports.settled(this.#session.recorderSession);
    }
  }

  /** Resolves when every session that is not in the recording was made into it. */
  async remakeAll(): Promise<void> {
    for (const session of this.store.sessions) {
      this.#remake(session);
    }
    await this.#remakes;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.end();
    await this.#remakes;
  }

  #begin(session: PieceSession): void {
    this.end();
    this.#session = session;
    this.#source = this.#sourceOf(session);
    if (!this.ports.offer(this.#source)) {
      // It is made into the recording at the end; the next piece may find somebody.
      this.end();
    }
  }

  /** Its last sample was captured as it was sent, but never before the pieces before it were over. */
  #eventTimeOf(
    piece: TakenPiece,
    plan: PiecePlan,
    previous: ListedPiece | undefined,
    { isGap, isLate }: PiecePlace,
  ): number {
    const lasts = plan.durationSeconds * 1000;
    const capturedAtMs = piece.arrivedAtMs - lasts;
    const before = isLate ? this.store.listed.findLast(({ sequence }) => sequence < piece.sequence) : previous;
    if (before === undefined) {
      return capturedAtMs;
    }
    const endedAtMs = this.#endedAtMs(before);
    const missing = isGap ? piece.sequence - this.store.lastSequence - 1 : 0;
    return isLate ? endedAtMs : Math.max(capturedAtMs, endedAtMs + Math.min(missing * lasts, roomMsMax));
  }

  #endedAtMs(piece: ListedPiece): number {
    const session = this.store.sessions.find(({ recorderSession }) => recorderSession === piece.recorderSession);
    const atSeconds = piece.startSeconds + piece.durationSeconds - (session?.startSeconds ?? 0);
    return (session?.eventTimeMs ?? 0) + atSeconds * 1000;
  }

  #sourceOf(session: PieceSession): PiecesSource {
    const { recorderSession } = session;
    return new PiecesSource({
      ...session,
      ...{ streamId: this.store.streamId, epoch: this.epoch, clock: this.ports.clock },
      onRecorded: () => this.store.note({ type: 'recorded', recorderSession }),
    });
  }

  /** One after the other. Nothing where all of it is recorded by the time its turn comes. */
  #remake(session: PieceSession): void {
    const { recorderSession } = session;
    const remade = this.#remakes.then(async () => {
      const segments = this.store.listed.filter((piece) => piece.recorderSession === recorderSession);
      if (this.#isClosed || this.store.isRecorded(recorderSession) || segments.length === 0) {
        return;
      }
      const source = this.#sourceOf(session);
      for (const segment of segments) {
        source.add({ ...segment, path: this.store.segmentPath(segment) });
      }
      source.end();
      if (await this.ports.remake(source)) {
        await source.deleteJournal();
      }
    });
    this.#remakes = remade.catch((error: unknown) => {
      this.ports.logger.error({ err: error, recorderSession }, 'pieces could not be made into the recording');
    });
  }
}
