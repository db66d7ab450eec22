import type { EventEmitter } from 'node:events';
import type { Clock } from '../clock';
import type { Hello, IngestRefusalCode } from '../contract/ingest-protocol';
import type { Logger } from '../logger';
import { Backfills } from './backfills';
import type { IngestConnection } from './ingest-connection';
import type { IngestEvents } from './ingest-events';
import type { IngestMeter } from './ingest-meter';
import type { OpenSessions } from './open-sessions';
import type { WebSocketSource } from './websocket-source';

export type StreamSeatOptions = {
  /** journals are kept below it, in `journals/` */
  dataDirectory: string;
  /** how much media one file of a journal holds, in milliseconds */
  journalFileMs?: number | undefined;
  clock: Clock;
  logger: Logger;
  meter?: IngestMeter | undefined;
  /** of all streams: a session may be open still in the seat before this one */
  sessions: OpenSessions;
  /** who hears of what comes and goes here */
  events: EventEmitter<IngestEvents>;
};

/**
 * Who sends one stream: at most one publisher, whose recorder sessions stay open until they are read, and beside it those who
 * send the rest of earlier sessions. The newest publisher takes the seat of the one before it.
 */
export class StreamSeat {
  #publisher: IngestConnection | null = null;
  readonly #sources = new Map<string, WebSocketSource>();
  /** the recorder sessions that listeners were told of */
  readonly #announced = new Set<string>();
  /** the rest of earlier sessions, by recorder session, beside the publisher */
  readonly #backfills: Backfills;
  /** publishers are seated one after the other */
  #turn: Promise<void> = Promise.resolve();
  #closedBy: IngestRefusalCode | null = null;

  constructor(
    private readonly streamId: string,
    private readonly options: StreamSeatOptions,
  ) {
    this.#backfills = this.#newBackfills();
  }

  /** Why the stream was closed here, which may be while somebody waits to be seated; null: it was not. */
  get closedBy(): IngestRefusalCode | null {
    return this.#closedBy;
  }

  /**
   * Seats who was admitted, and welcomes them; resolves also where they are gone or refused by then.
   *
   * @throws Error of the file system
   */
  async seat(connection: IngestConnection, hello: Hello, epoch: number): Promise<void> {
    if (hello.backfill === true) {
      await this.#backfills.seat(connection, hello, epoch);
      return;
    }
    const turn = this.#turn.then(() => this.#seatPublisher(connection, hello, epoch));
    this.#turn = turn.catch(() => {});
    await turn;
  }

  /** Asks the publisher to go to another node; nothing happens where there is none. */
  askToMove(): void {
    this.#publisher?.askToMove();
  }

  /** A connection has finished or is gone: its seat is free. @returns which seat that was; null: it had none */
  release(connection: IngestConnection): 'publisher' | 'backfill' | null {
    if (this.#backfills.end(connection)) {
      return 'backfill';
    }
    if (this.#publisher === connection) {
      this.#publisher = null;
      return 'publisher';
    }
    return null;
  }

  /** Refuses all who sit or wait here, for good, and closes their sessions; journals stay. */
  async close(code: IngestRefusalCode, detail?: string): Promise<void> {
    this.#closedBy = code;
    const publisher = this.#publisher;
    this.#publisher = null;
    publisher?.refuse(code, detail);
    // Whoever has the stream now does not send what these send: they may come again.
    this.#backfills.refuseAll(code === 'replaced' ? 'draining' : code, detail);
    await this.#turn;
    await Promise.all([...this.#sources.values()].map((source) => source.close()));
    await this.#backfills.settled();
  }

  async #seatPublisher(connection: IngestConnection, hello: Hello, epoch: number): Promise<void> {
    const { recorderSession } = hello;
    let known = this.#sources.get(recorderSession);
    if (known?.ended && !known.finished) {
      // It is being brought to its end; the same session then goes on from its journal.
      await known.closed;
      known = this.#sources.get(recorderSession);
    }
    if (connection.isClosed || known?.finished) {
      // A publisher that missed our `finished`: it is told again, and takes nothing over.
      if (known && !connection.isClosed) {
        connection.welcome(known);
      }
      return;
    }
    const replaced = this.#publisher;
    this.#publisher = null;
    replaced?.refuse('replaced');
    try {
      const source = known ?? (await this.#openNext(hello, epoch));
      // After this everything received is acknowledged, so the publisher sends again exactly what is missing.
      await settled(source);
      if (this.#closedBy) {
        connection.refuse(this.#closedBy);
      }
      if (!connection.isClosed) {
        this.#welcome(connection, source);
      } else if (!this.#announced.has(recorderSession)) {
        // Nobody was told of it who would close it.
        await source.close();
      }
    } finally {
      if (replaced && this.#publisher === null && !this.#closedBy) {
        this.options.events.emit('lost', this.streamId);
      }
    }
  }

  /** A new recorder in the publisher: what the former one sent is complete. */
  async #openNext(hello: Hello, epoch: number): Promise<WebSocketSource> {
    for (const former of this.#sources.values()) {
      former.end();
    }
    const { recorderSession } = hello;
    const source = await this.#open(hello, epoch, {
      onClosed: () => {
        this.#sources.delete(recorderSession);
        if (!this.#announced.delete(recorderSession)) {
          this.options.sessions.release(this.streamId, recorderSession, source.finished);
        }
      },
    });
    this.#sources.set(recorderSession, source);
    return source;
  }

  #welcome(connection: IngestConnection, source: WebSocketSource): void {
    const { events, logger } = this.options;
    const { streamId, recorderSession } = source;
    logger.info({ requestId: connection.requestId, streamId, recorderSession }, 'publisher connected');
    this.#publisher = connection;
    events.emit('connected', streamId);
    if (!this.#announced.has(recorderSession)) {
      this.#announced.add(recorderSession);
      events.emit('source', source);
    }
    connection.welcome(source);
  }

  #newBackfills(): Backfills {
    const { streamId } = this;
    const { sessions, logger } = this.options;
    return new Backfills({
      publishing: () => this.#publisher?.recorderSession,
      live: (recorderSession) => this.#sources.get(recorderSession),
      closedBy: () => this.#closedBy,
      open: (hello, epoch) => this.#open(hello, epoch, { onClosed: () => {}, isLive: false }),
      connected: ({ requestId }, { recorderSession }) =>
        logger.info({ requestId, streamId, recorderSession }, 'backfill connected'),
      closed: (recorderSession, isComplete) => sessions.release(streamId, recorderSession, isComplete),
      notClosed: ({ requestId }, { recorderSession }, { message }) =>
        logger.error({ requestId, streamId, recorderSession, reason: message }, 'a backfill could not be closed'),
    });
  }

  #open(hello: Hello, epoch: number, how: { onClosed: () => void; isLive?: boolean }): Promise<WebSocketSource> {
    const { dataDirectory, journalFileMs, clock, meter, sessions } = this.options;
    return sessions.open({ hello, epoch, dataDirectory, journalFileMs, clock, meter, ...how });
  }
}

/** @throws Error of the file system; the source is then closed, so that the next attempt opens its journal anew */
async function settled(source: WebSocketSource): Promise<void> {
  try {
    await source.settle();
  } catch (error) {
    await source.close();
    throw error;
  }
}
