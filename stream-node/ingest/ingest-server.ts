import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { Clock } from '../clock';
import { chunkBytesMax, type Hello, type IngestRefusalCode, ingestPath } from '../contract/ingest-protocol';
import type { Logger } from '../logger';
import { requestIdOf } from '../request-id';
import { type Admissions, admit } from './admission';
import { type ConnectionHost, IngestConnection, type StreamHealth } from './ingest-connection';
import type { IngestEvents } from './ingest-events';
import type { IngestMeter } from './ingest-meter';
import type { JournalClaims } from './journal-claims';
import { OpenSessions } from './open-sessions';
import { StreamSeat } from './stream-seat';
import type { WebSocketSource } from './websocket-source';

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
  /** absent: nobody else works on journals */
  claims?: JournalClaims;
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
  private readonly seats = new Map<string, StreamSeat>();
  private readonly sessions: OpenSessions;
  private readonly host: ConnectionHost;
  private closing = false;

  constructor(private readonly options: IngestServerOptions) {
    super();
    this.sessions = new OpenSessions(options.claims);
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
    this.seats.delete(streamId);
    await seat.close(code, detail);
  }

  /** Asks the publisher of a stream to go to another node; nothing happens when it has none here. */
  askToMove(streamId: string): void {
    this.seats.get(streamId)?.askToMove();
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
    await this.seatOf(hello.streamId).seat(connection, hello, admission.epoch);
  }

  private seatOf(streamId: string): StreamSeat {
    const known = this.seats.get(streamId);
    if (known) {
      return known;
    }
    const { dataDirectory, journalFileMs, clock, logger, meter } = this.options;
    const shared = { dataDirectory, journalFileMs, clock, logger, meter, sessions: this.sessions };
    const seat = new StreamSeat(streamId, { ...shared, events: this });
    this.seats.set(streamId, seat);
    return seat;
  }

  private finished(connection: IngestConnection, source: WebSocketSource): void {
    const { streamId, recorderSession } = source;
    if (this.seats.get(streamId)?.release(connection) !== 'backfill') {
      this.emit('finished', streamId, recorderSession);
    }
  }

  private connectionClosed(connection: IngestConnection): void {
    this.connections.delete(connection);
    const { streamId, requestId } = connection;
    if (streamId !== undefined && this.seats.get(streamId)?.release(connection) === 'publisher') {
      this.options.logger.info({ requestId, streamId }, 'publisher lost');
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
