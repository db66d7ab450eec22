import { EventEmitter } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Clock } from '../../clock';
import type { IngestRefusalCode } from '../../contract/ingest-protocol';
import type { Logger } from '../../logger';
import type { IngestEvents } from '../ingest-events';
import type { IngestMeter } from '../ingest-meter';
import { refusalOfFault, refusals } from '../refusals';
import { streamKeyHash, streamKeyShape } from '../stream-key';
import { FailedAttempts } from './failed-attempts';
import { type ConnectionHost, type ConnectionTimes, RtmpConnection } from './rtmp-connection';
import type { PublishRefusal } from './rtmp-session';
import { RtmpSource } from './rtmp-source';
import type { StreamMetadata } from './stream-metadata';

/** What the node and the web say to a stream key. */
export type RtmpAdmission =
  | {
      readonly ok: true;
      readonly streamId: string;
      readonly epoch: number;
      /** false: the stream is sound alone, and a picture is left out */
      readonly takesVideo: boolean;
    }
  | { readonly ok: false; readonly code: 'bad_key' | 'refused'; readonly message: string };

export type RtmpServerOptions = {
  /** Asks whose key it is, by its SHA-256 in hexadecimal; the key itself goes no further than this room. */
  admit(keyHash: string, requestId: string): Promise<RtmpAdmission>;
  /** journals are kept below it, in `journals/` */
  dataDirectory: string;
  /** how much media one file of a journal holds, in milliseconds */
  journalFileMs?: number;
  clock: Clock;
  logger: Logger;
  times?: Partial<ConnectionTimes>;
  meter?: IngestMeter;
};

/** What is going on with one stream: its publisher, and the session once its first media has come. */
type Seat = {
  readonly streamId: string;
  readonly epoch: number;
  readonly takesVideo: boolean;
  readonly keyHash: string;
  /** how often in a row the web named another key */
  otherKeySeen: number;
  readonly connection: RtmpConnection;
  source: RtmpSource | null;
  reason: string | null;
};

/** Sockets that wait for their key or publish; more are closed at once. */
const connectionsMax = 512;
const defaultTimes: ConnectionTimes = { publishTimeoutMs: 15_000, silenceTimeoutMs: 10_000, closeTimeoutMs: 2000 };
const badKey: RtmpAdmission & { ok: false } = {
  ok: false,
  code: 'bad_key',
  message: 'This stream key is not valid: make a new one in your booth',
};

/** Takes encoders in by RTMP. The newest one with the right key has the stream. */
export class RtmpServer extends EventEmitter<IngestEvents> implements AsyncDisposable {
  readonly #server: Server;
  readonly #connections = new Set<RtmpConnection>();
  readonly #seats = new Map<string, Seat>();
  readonly #byConnection = new Map<RtmpConnection, Seat>();
  readonly #failedAttempts = new FailedAttempts();
  readonly #host: ConnectionHost;

  constructor(private readonly options: RtmpServerOptions) {
    super();
    this.#host = {
      times: { ...defaultTimes, ...options.times },
      seat: (connection, streamKey) => this.#seat(connection, streamKey),
      media: ({ connection, metadata, kind, timestampMs, payload }) =>
        this.#media(connection, metadata, { kind, timestampMs, payload }),
      finished: (connection) => this.#gone(connection, true),
      closed: (connection) => this.#gone(connection, false),
      misbehaved: (connection, reason) => this.#misbehaved(connection, reason),
    };
    // Half open: an encoder that hangs up while its last bytes are being taken in must not lose them.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const connection = new RtmpConnection(socket, this.#host);
      this.#connections.add(connection);
      void connection.closed.then(() => this.#connections.delete(connection));
    });
    this.#server.maxConnections = connectionsMax;
  }

  /** @throws Error when the port is taken */
  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
  }

  /** the port it listens on; null before `listen` and after `close` */
  get port(): number | null {
    return (this.#server.address() as AddressInfo | null)?.port ?? null;
  }

  /** Sends the publisher of a stream away, and ends what it sent. `detail` replaces the usual words of the code. */
  async closeStream(streamId: string, code: IngestRefusalCode, detail?: string): Promise<void> {
    const seat = this.#seats.get(streamId);
    if (seat !== undefined) {
      this.#leave(seat);
      seat.connection.refuse({ code: 'NetStream.Publish.Rejected', description: detail ?? refusals[code].message });
      await seat.source?.close();
    }
  }

  /**
   * Cuts off the publisher of a stream that was let in with another key than the one the web names now (null: none). It
   * counts as lost. The web must say so twice, since an answer may have been on its way when the key was made.
   */
  enforceKey(streamId: string, keyHash: string | null): void {
    const seat = this.#seats.get(streamId);
    if (seat === undefined) {
      return;
    }
    seat.otherKeySeen = seat.keyHash === keyHash ? 0 : seat.otherKeySeen + 1;
    if (seat.otherKeySeen > 1) {
      seat.connection.refuse({ code: 'NetStream.Publish.BadName', description: badKey.message });
      this.#gone(seat.connection, false);
    }
  }

  /** Sends every publisher away and closes all sources; journals stay. */
  async close(): Promise<void> {
    const isListening = this.#server.listening;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all([...this.#seats.keys()].map((streamId) => this.closeStream(streamId, 'draining')));
    const description = refusals.draining.message;
    for (const connection of this.#connections) {
      connection.refuse({ code: 'NetConnection.Connect.Closed', description });
    }
    await Promise.all([...this.#connections].map((connection) => connection.closed));
    if (isListening) {
      await closed;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #seat(connection: RtmpConnection, streamKey: string): Promise<PublishRefusal | null> {
    const keyHash = streamKeyHash(streamKey);
    const { requestId, remoteAddress } = connection;
    const admission = await this.#admit(connection, streamKey, keyHash);
    if (!admission.ok) {
      this.options.logger.info({ requestId, address: remoteAddress, code: admission.code }, 'encoder refused');
      const code = admission.code === 'bad_key' ? 'NetStream.Publish.BadName' : 'NetStream.Publish.Rejected';
      return { code, description: admission.message };
    }
    const { streamId, epoch, takesVideo } = admission;
    if (connection.isClosing) {
      return null;
    }
    const former = this.#seats.get(streamId);
    const seat: Seat = {
      ...{ streamId, epoch, takesVideo, keyHash, connection },
      ...{ otherKeySeen: 0, source: null, reason: null },
    };
    this.#seats.set(streamId, seat);
    this.#byConnection.set(connection, seat);
    if (former !== undefined) {
      this.#byConnection.delete(former.connection);
      former.connection.refuse({ code: 'NetStream.Publish.Rejected', description: refusals.replaced.message });
      // What the former one sent ends when the first media of this one is there: until then nothing has taken its place.
    }
    this.options.logger.info({ requestId, streamId }, 'encoder connected');
    this.emit('connected', streamId);
    return null;
  }

  async #admit(connection: RtmpConnection, streamKey: string, keyHash: string): Promise<RtmpAdmission> {
    const { remoteAddress, requestId } = connection;
    if (await this.#failedAttempts.areSpent(remoteAddress)) {
      const message = 'Too many wrong stream keys came from this address: wait a minute';
      return { ok: false, code: 'refused', message };
    }
    const admission = streamKeyShape.test(streamKey) ? await this.options.admit(keyHash, requestId) : badKey;
    if (!admission.ok && admission.code === 'bad_key') {
      await this.#failedAttempts.count(remoteAddress);
    }
    return admission;
  }

  async #media(
    connection: RtmpConnection,
    metadata: StreamMetadata,
    message: { kind: 'audio' | 'video'; timestampMs: number; payload: Buffer },
  ): Promise<string | null> {
    const seat = this.#byConnection.get(connection);
    if (seat === undefined) {
      return null;
    }
    seat.source ??= await this.#open(seat, metadata);
    if (this.#byConnection.get(connection) !== seat) {
      await seat.source.deleteJournal();
      return null;
    }
    const reason = seat.source.accept(message.kind, message.timestampMs, message.payload);
    seat.reason = reason;
    await seat.source.room();
    return reason;
  }

  async #open(seat: Seat, metadata: StreamMetadata): Promise<RtmpSource> {
    const { streamId, epoch, takesVideo } = seat;
    const { dataDirectory, journalFileMs, clock, meter } = this.options;
    const source = await RtmpSource.open({
      ...{ streamId, epoch, dataDirectory, journalFileMs, clock },
      ...{ hasVideo: takesVideo, hint: metadata, meter },
      onFailed: (error) => {
        const { requestId } = seat.connection;
        this.options.logger.error({ requestId, streamId, reason: error.message }, 'the journal of an encoder failed');
        const description = refusals[refusalOfFault(error)].message;
        seat.connection.refuse({ code: 'NetStream.Publish.Rejected', description });
      },
    });
    if (this.#byConnection.get(seat.connection) === seat) {
      this.emit('source', source);
    }
    return source;
  }

  #gone(connection: RtmpConnection, isFinished: boolean): void {
    const seat = this.#byConnection.get(connection);
    if (seat === undefined) {
      return;
    }
    this.#leave(seat);
    if (isFinished) {
      seat.source?.finish();
    }
    seat.source?.end();
    const { streamId, source, reason } = seat;
    this.options.logger.info({ requestId: connection.requestId, streamId, isFinished }, 'encoder gone');
    if (isFinished && source !== null) {
      this.emit('finished', streamId, source.recorderSession);
    } else {
      this.emit('lost', streamId, reason ?? undefined);
    }
  }

  #leave(seat: Seat): void {
    if (this.#seats.get(seat.streamId) === seat) {
      this.#seats.delete(seat.streamId);
    }
    this.#byConnection.delete(seat.connection);
  }

  #misbehaved(connection: RtmpConnection, reason: string): void {
    const streamId = this.#byConnection.get(connection)?.streamId;
    const { requestId, remoteAddress: address } = connection;
    this.options.logger.info({ requestId, address, streamId, reason }, 'encoder cut off');
  }
}
