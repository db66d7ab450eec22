import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { Clock } from '../clock';
import { chunkBytesMax, type Hello, type IngestRefusalCode, ingestPath } from '../contract/ingest-protocol';
import type { Logger } from '../logger';
import { requestIdOf } from '../request-id';
import { type Admissions, admit } from './admission';
import { type BackfillHost, Backfills } from './backfills';
import { type ConnectionHost, IngestConnection, type StreamHealth } from './ingest-connection';
import type { IngestMeter } from './ingest-meter';
import type { IngestSource } from './ingest-source';
import { WebSocketSource } from './websocket-source';

export type IngestEvents = {
  /** a recorder session began (or began anew after a restart of the process): transcode it */
  source: [source: IngestSource];
  /** a publisher was admitted and welcomed; comes before `source` */
  connected: [streamId: string];
  /** the publisher's connection is gone, and neither finished, replaced nor closed by us; with the reason when it was its media */
  lost: [streamId: string, reason?: string];
  /** the publisher stopped this recorder session and everything of it is in the journal; its bytes have ended */
  finished: [streamId: string, recorderSession: string];
  /** somebody sends the rest of a session that is not live; nothing of it is to be encoded yet */
  backfillOpened: [streamId: string, recorderSession: string];
  /** that connection is gone, and the session is closed; `isComplete`: all of it is in the journal */
  backfillClosed: [streamId: string, recorderSession: string, isComplete: boolean];
};

export type IngestServerOptions = {
  admissions: Admissions;
  /** journals are kept below it, in `journals/` */
  dataDirectory: string;
  /** how much media one file of a journal holds, in milliseconds */
  journalFileMs?: number;
  clock: Clock;
  logger: Logger;
  /** what to tell a publisher each second */
  health: (streamId: string) => StreamHealth;
  /** origins of pages that may publish; empty or absent: any. Publishers that name no origin are no browsers and pass. */
  allowedOrigins?: () => readonly string[];
  /** how long a socket may stay without `hello`, in milliseconds */
  helloTimeoutMs?: number;
  meter?: IngestMeter;
};

/** What is going on with one stream: at most one publisher, and the recorder sessions that are still open. */
type Seat = {
  publisher: IngestConnection | null;
  sources: Map<string, WebSocketSource>;
  /** the recorder sessions that listeners were told of */
  announced: Set<string>;
  /** the rest of earlier sessions, by recorder session, beside the publisher */
  backfills: Backfills;
  /** hellos are seated one after the other */
  turn: Promise<void>;
  /** set when the stream was closed while a hello waited for its turn */
  closedBy: IngestRefusalCode | null;
};

/** Room for the header of a chunk, and for telling one that is too large so, before ws cuts it off with 1009. */
const payloadBytesMax = chunkBytesMax + 64 * 1024;
/** The types of ws lag behind it: `closeTimeout` is how long a peer may take to answer a close, in milliseconds. */
const socketOptions: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  clientTracking: true,
  maxPayload: payloadBytesMax,
  perMessageDeflate: false,
  closeTimeout: 2000,
};

/** Takes publishers in by WebSocket at `ingestPath`. The newest one with a good grant has the stream. */
export class IngestServer extends EventEmitter<IngestEvents> implements AsyncDisposable {
  private readonly webSockets = new WebSocketServer(socketOptions);
  private readonly connections = new Set<IngestConnection>();
  private readonly seats = new Map<string, Seat>();
  private readonly host: ConnectionHost;
  private closing = false;

  constructor(private readonly options: IngestServerOptions) {
    super();
    this.host = {
      clock: options.clock,
      helloTimeoutMs: options.helloTimeoutMs ?? 10_000,
      greet: (connection, hello) => this.greet(connection, hello),
      health: options.health,
      finished: (connection, source) => this.finished(connection, source),
      failed: (error, context) => options.logger.error({ err: error, ...context }, 'ingest failed'),
      closed: (connection) => this.connectionClosed(connection),
    };
  }

  /**
   * Takes an HTTP upgrade at `ingestPath`; false when the path is another's, and the socket then still belongs to the
   * caller.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    // Compared, not parsed: a request target may be anything, and the URL parser throws on some of it.
    if (request.url?.split('?', 1)[0] !== ingestPath) {
      return false;
    }
    if (this.closing || !this.originAllowed(request.headers.origin)) {
      const status = this.closing ? '503 Service Unavailable' : '403 Forbidden';
      socket.on('error', () => socket.destroy());
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return true;
    }
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.connections.add(new IngestConnection(webSocket, this.host, requestIdOf(request)));
    });
    return true;
  }

  /**
   * Ends a stream here: its publisher is refused with `code`, its sources end and are closed. Their journals stay until
   * `deleteJournal`. `detail` replaces the usual words of the code, for the broadcaster.
   */
  async closeStream(streamId: string, code: IngestRefusalCode, detail?: string): Promise<void> {
    const seat = this.seats.get(streamId);
    if (!seat) {
      return;
    }
    seat.closedBy = code;
    this.seats.delete(streamId);
    const { publisher } = seat;
    seat.publisher = null;
    publisher?.refuse(code, detail);
    // Whoever has the stream now does not send what these send: they may come again.
    seat.backfills.refuseAll(code === 'replaced' ? 'draining' : code, detail);
    await seat.turn;
    await Promise.all([...seat.sources.values()].map((source) => source.close()));
    await seat.backfills.settled();
  }

  /** Asks the publisher of a stream to go to another node; nothing happens when it has none here. */
  askToMove(streamId: string): void {
    this.seats.get(streamId)?.publisher?.askToMove();
  }

  /** Sends every publisher away (`draining`: it may come again elsewhere) and closes all sources; journals stay. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.seats.keys()].map((streamId) => this.closeStream(streamId, 'draining')));
    for (const connection of this.connections) {
      connection.refuse('draining');
    }
    await Promise.all([...this.webSockets.clients].map((client) => closed(client)));
    this.webSockets.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private originAllowed(origin: string | undefined): boolean {
    const allowed = this.options.allowedOrigins?.() ?? [];
    return origin === undefined || allowed.length === 0 || allowed.includes(origin);
  }

  private async greet(connection: IngestConnection, hello: Hello): Promise<void> {
    const seat = this.seats.get(hello.streamId);
    const admission = await admit(hello, this.options.admissions, this.options.clock);
    if (!admission.ok) {
      const { requestId } = connection;
      this.options.logger.info({ requestId, streamId: hello.streamId, code: admission.code }, 'publisher refused');
      connection.refuse(admission.code, undefined, admission.url);
      return;
    }
    if (seat?.closedBy) {
      connection.refuse(seat.closedBy);
      return;
    }
    const admitted = this.seatOf(hello.streamId);
    if (hello.backfill === true) {
      await admitted.backfills.seat(connection, hello, admission.epoch);
      return;
    }
    const turn = admitted.turn.then(() => this.seatPublisher(admitted, connection, hello, admission.epoch));
    admitted.turn = turn.catch(() => {});
    await turn;
  }

  private seatOf(streamId: string): Seat {
    const known = this.seats.get(streamId);
    if (known) {
      return known;
    }
    const seat: Seat = {
      ...{ publisher: null, sources: new Map(), announced: new Set(), turn: Promise.resolve(), closedBy: null },
      backfills: new Backfills(this.backfillHost(streamId, () => seat)),
    };
    this.seats.set(streamId, seat);
    return seat;
  }

  private backfillHost(streamId: string, seat: () => Seat): BackfillHost {
    const { dataDirectory, journalFileMs, clock, meter, logger } = this.options;
    const open = { dataDirectory, journalFileMs, clock, meter, onClosed: () => {}, isLive: false };
    return {
      publishing: () => seat().publisher?.recorderSession,
      live: (recorderSession) => seat().sources.get(recorderSession),
      closedBy: () => seat().closedBy,
      open: async (hello, epoch) => await WebSocketSource.open({ ...open, hello, epoch }),
      opened: (recorderSession) => this.emit('backfillOpened', streamId, recorderSession),
      connected: ({ requestId }, { recorderSession }) =>
        logger.info({ requestId, streamId, recorderSession }, 'backfill connected'),
      finished: (connection, source) => this.finished(connection, source),
      closed: (recorderSession, isComplete) => this.emit('backfillClosed', streamId, recorderSession, isComplete),
      notClosed: ({ requestId }, { recorderSession }, { message }) =>
        logger.error({ requestId, streamId, recorderSession, reason: message }, 'a backfill could not be closed'),
    };
  }

  private async seatPublisher(seat: Seat, connection: IngestConnection, hello: Hello, epoch: number): Promise<void> {
    const { streamId, recorderSession } = hello;
    let known = seat.sources.get(recorderSession);
    if (known?.ended && !known.finished) {
      // It is being brought to its end; the same session then goes on from its journal.
      await known.closed;
      known = seat.sources.get(recorderSession);
    }
    if (connection.isClosed || known?.finished) {
      // A publisher that missed our `finished`: it is told again, and takes nothing over.
      if (known && !connection.isClosed) {
        connection.welcome(known);
      }
      return;
    }
    const replaced = seat.publisher;
    seat.publisher = null;
    replaced?.refuse('replaced');
    try {
      const source = known ?? (await this.openSource(seat, hello, epoch));
      // After this everything received is acknowledged, so the publisher sends again exactly what is missing.
      await this.settled(source);
      if (seat.closedBy) {
        connection.refuse(seat.closedBy);
      }
      if (!connection.isClosed) {
        this.admitTo(seat, connection, source);
      }
    } finally {
      if (replaced && seat.publisher === null && !seat.closedBy) {
        this.emit('lost', streamId);
      }
    }
  }

  /** @throws Error of the file system; the source is then closed, so that the next attempt opens its journal anew */
  private async settled(source: WebSocketSource): Promise<void> {
    try {
      await source.settle();
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  private admitTo(seat: Seat, connection: IngestConnection, source: WebSocketSource): void {
    const { streamId, recorderSession } = source;
    this.options.logger.info({ requestId: connection.requestId, streamId, recorderSession }, 'publisher connected');
    seat.publisher = connection;
    this.emit('connected', streamId);
    if (!seat.announced.has(recorderSession)) {
      seat.announced.add(recorderSession);
      this.emit('source', source);
    }
    connection.welcome(source);
  }

  /** A new recorder in the publisher: what the former one sent is complete. */
  private async openSource(seat: Seat, hello: Hello, epoch: number): Promise<WebSocketSource> {
    for (const former of seat.sources.values()) {
      former.end();
    }
    const { dataDirectory, journalFileMs, clock, meter } = this.options;
    const onClosed = () => {
      seat.sources.delete(hello.recorderSession);
      seat.announced.delete(hello.recorderSession);
    };
    const source = await WebSocketSource.open({ hello, epoch, dataDirectory, journalFileMs, clock, meter, onClosed });
    seat.sources.set(hello.recorderSession, source);
    return source;
  }

  private finished(connection: IngestConnection, source: WebSocketSource): void {
    const seat = this.seats.get(source.streamId);
    if (seat?.backfills.end(connection)) {
      return;
    }
    if (seat?.publisher === connection) {
      seat.publisher = null;
    }
    this.emit('finished', source.streamId, source.recorderSession);
  }

  private connectionClosed(connection: IngestConnection): void {
    this.connections.delete(connection);
    const { streamId } = connection;
    const seat = streamId === undefined ? undefined : this.seats.get(streamId);
    if (seat?.backfills.end(connection)) {
      return;
    }
    if (streamId !== undefined && seat?.publisher === connection) {
      seat.publisher = null;
      this.options.logger.info({ requestId: connection.requestId, streamId }, 'publisher lost');
      this.emit('lost', streamId);
    }
  }
}

async function closed(client: {
  readyState: number;
  CLOSED: number;
  once(event: 'close', listener: () => void): unknown;
}) {
  if (client.readyState !== client.CLOSED) {
    await new Promise<void>((resolve) => client.once('close', () => resolve()));
  }
}
