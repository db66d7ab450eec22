import type { Hello, IngestRefusalCode } from '../contract/ingest-protocol';
import type { IngestConnection } from './ingest-connection';
import type { WebSocketSource } from './websocket-source';

/** What the backfills of a stream need of the server that they came to. */
export type BackfillHost = {
  /** the recorder session of the stream's publisher */
  publishing(): string | undefined;
  /** a session of the stream that is still open */
  live(recorderSession: string): WebSocketSource | undefined;
  /** why the stream was closed, if it was */
  closedBy(): IngestRefusalCode | null;
  /** claims and opens the journal of a session that is not live @throws Error of the file system; it is released then */
  open(hello: Hello, epoch: number): Promise<WebSocketSource>;
  connected(connection: IngestConnection, source: WebSocketSource): void;
  /** a session that was opened is closed; `isComplete`: all of it is in the journal */
  closed(recorderSession: string, isComplete: boolean): void;
  notClosed(connection: IngestConnection, source: WebSocketSource, error: Error): void;
};

/**
 * Those who send the rest of earlier sessions of one stream, beside its publisher: they take nothing over, and only the journal
 * hears of them until a session is complete.
 */
export class Backfills {
  readonly #bySession = new Map<string, { connection: IngestConnection; source: WebSocketSource }>();
  /** they are seated one after the other */
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly host: BackfillHost) {}

  /** @throws Error of the file system */
  async seat(connection: IngestConnection, hello: Hello, epoch: number): Promise<void> {
    const seated = this.#turn.then(() => this.#seat(connection, hello, epoch));
    this.#turn = seated.catch(() => {});
    await seated;
  }

  /** Takes one off its seat; false when the connection sends none. */
  end(connection: IngestConnection): boolean {
    const { recorderSession } = connection;
    const found = recorderSession === undefined ? undefined : this.#bySession.get(recorderSession);
    if (recorderSession === undefined || found?.connection !== connection) {
      return false;
    }
    this.#bySession.delete(recorderSession);
    this.#close(found.source).catch((error: Error) => this.host.notClosed(connection, found.source, error));
    return true;
  }

  /** Takes all off their seats and refuses them. */
  refuseAll(code: IngestRefusalCode, detail?: string): void {
    for (const { connection } of [...this.#bySession.values()]) {
      this.end(connection);
      connection.refuse(code, detail);
    }
  }

  /** Resolves once whoever waited for a seat has one, or was told that there is none. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  async #seat(connection: IngestConnection, hello: Hello, epoch: number): Promise<void> {
    const { host } = this;
    const { recorderSession } = hello;
    if (host.publishing() === recorderSession) {
      connection.refuse('bad_message', 'hello.backfill: this session is the live one');
      return;
    }
    const live = host.live(recorderSession);
    live?.end();
    await live?.closed;
    const former = this.#bySession.get(recorderSession);
    this.#bySession.delete(recorderSession);
    former?.connection.refuse('replaced');
    const source = await this.#settled(former?.source, hello, epoch);
    const closedBy = host.closedBy();
    if (closedBy !== null) {
      connection.refuse(closedBy);
    }
    if (connection.isClosed) {
      await this.#close(source);
      return;
    }
    host.connected(connection, source);
    this.#bySession.set(recorderSession, { connection, source });
    connection.welcome(source);
    if (source.finished) {
      // It was complete before it was opened.
      this.end(connection);
    }
  }

  /** Everything received before is acknowledged after this. @throws Error of the file system; the session is closed then */
  async #settled(former: WebSocketSource | undefined, hello: Hello, epoch: number): Promise<WebSocketSource> {
    const source = former ?? (await this.host.open(hello, epoch));
    try {
      await source.settle();
      return source;
    } catch (error) {
      await this.#close(source);
      throw error;
    }
  }

  async #close(source: WebSocketSource): Promise<void> {
    try {
      await source.close();
    } finally {
      this.host.closed(source.recorderSession, source.finished);
    }
  }
}
