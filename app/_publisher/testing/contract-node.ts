import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type Chunk,
  chunkBytesMax,
  decodeChunk,
  type Hello,
  type IngestRefusalCode,
  ingestCloseCodes,
  type NodeMessage,
  PublisherMessage,
} from '../../../stream-node/contract/ingest-protocol';
import type { OpenIngestSocket } from '../ingest-socket';

/**
 * A small server that speaks the node's side of the ingest protocol over a real socket, checks every sequence as the
 * contract demands, and can be told to misbehave.
 */
export class ContractNode {
  #server: WebSocketServer;
  readonly #sockets = new Set<WebSocket>();
  /** every chunk taken, by recorder session */
  readonly journal = new Map<string, Chunk[]>();
  readonly grants: string[] = [];
  readonly hellos: Hello[] = [];
  readonly clockOffsets: number[] = [];
  /** messages in the order they came, with chunks as their sequence */
  readonly heard: string[] = [];
  refuseNextHello: { code: IngestRefusalCode; retryable: boolean } | null = null;
  /** refused whenever it sends its first chunk */
  refusesSession: { recorderSession: string; code: IngestRefusalCode } | null = null;
  isAcknowledging = true;
  isSilent = false;
  forgetsSessions = false;
  /** node clock minus page clock */
  clockAheadMs = 0;
  #onHeard: (() => void) | null = null;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(port = 0): Promise<ContractNode> {
    return new ContractNode(await listening(port));
  }

  /** As a node that is away: lines are cut, and new ones refused. Its journal stays. */
  async stopListening(): Promise<number> {
    const { port } = this;
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
    return port;
  }

  async listenAgain(port: number): Promise<void> {
    this.#server = await listening(port);
    this.#server.on('connection', (socket) => this.#serve(socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ingest`;
  }

  sequences(session: string): number[] {
    return (this.journal.get(session) ?? []).map((chunk) => chunk.sequence);
  }

  /** of all sessions */
  get chunkCount(): number {
    return [...this.journal.values()].reduce((sum, chunks) => sum + chunks.length, 0);
  }

  /** Cuts every line without a goodbye. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.terminate();
    }
  }

  refuseAll(code: IngestRefusalCode, retryable = false): void {
    for (const socket of this.#sockets) {
      refuse(socket, code, retryable);
    }
  }

  sayToAll(message: NodeMessage): void {
    for (const socket of this.#sockets) {
      say(socket, message);
    }
  }

  /** Settles when `isTrue` holds, looked at after each message. */
  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (isTrue()) {
          this.#onHeard = null;
          resolve();
        }
      };
      this.#onHeard = look;
      look();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // A frame above `maxPayload`: ws answers with 1009 by itself.
    socket.on('error', () => undefined);
    let session: string | null = null;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        this.#takeChunk(socket, session, data);
      } else {
        const message = PublisherMessage.parse(JSON.parse(data.toString()));
        this.heard.push(message.type);
        session = message.type === 'hello' ? message.recorderSession : session;
        this.#answer(socket, message, session);
      }
      this.#onHeard?.();
    });
  }

  #answer(socket: WebSocket, message: PublisherMessage, session: string | null): void {
    const nowMs = performance.timeOrigin + performance.now() + this.clockAheadMs;
    if (this.isSilent) {
      return;
    }
    switch (message.type) {
      case 'hello': {
        this.grants.push(message.grant);
        this.hellos.push(message);
        const refusal = this.refuseNextHello;
        this.refuseNextHello = null;
        if (refusal !== null) {
          refuse(socket, refusal.code, refusal.retryable);
          return;
        }
        if (this.forgetsSessions || !this.journal.has(message.recorderSession)) {
          this.journal.set(message.recorderSession, []);
        }
        const ackedSequence = (this.journal.get(message.recorderSession)?.length ?? 0) - 1;
        say(socket, { type: 'welcome', ackedSequence, serverTimeMs: nowMs });
        return;
      }
      case 'ping':
        say(socket, { type: 'pong', sentAtMs: message.sentAtMs, receivedAtMs: nowMs, answeredAtMs: nowMs });
        return;
      case 'clock':
        this.clockOffsets.push(message.offsetMs);
        return;
      case 'finish':
        if (this.sequences(session ?? '').length === message.lastSequence + 1) {
          say(socket, { type: 'finished' });
        }
    }
  }

  #takeChunk(socket: WebSocket, session: string | null, data: Buffer): void {
    const chunk = decodeChunk(data);
    const journal = session === null ? undefined : this.journal.get(session);
    if (typeof chunk === 'string' || journal === undefined) {
      refuse(socket, journal === undefined ? 'hello_expected' : 'bad_message', false);
      return;
    }
    if (this.refusesSession !== null && session === this.refusesSession.recorderSession) {
      const { code } = this.refusesSession;
      refuse(socket, code, code === 'bad_sequence');
      return;
    }
    this.heard.push(`chunk ${chunk.sequence}`);
    if (chunk.sequence !== journal.length) {
      refuse(socket, 'bad_sequence', true);
      return;
    }
    journal.push({ ...chunk, bytes: new Uint8Array(chunk.bytes) });
    if (this.isAcknowledging) {
      say(socket, { type: 'ack', sequence: chunk.sequence });
    }
  }
}

async function listening(port: number): Promise<WebSocketServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port, maxPayload: chunkBytesMax + 64 * 1024 });
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}

function say(socket: WebSocket, message: NodeMessage): void {
  if (socket.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(message));
  }
}

function refuse(socket: WebSocket, code: IngestRefusalCode, retryable: boolean): void {
  say(socket, { type: 'refused', code, message: `refused: ${code}`, retryable });
  socket.close(ingestCloseCodes[code], code);
}

/** The `ws` package in place of the browser's WebSocket. */
export const openNodeSocket: OpenIngestSocket = (url, handlers) => {
  const socket = new WebSocket(url);
  let isClosed = false;
  socket.on('open', handlers.opened);
  socket.on('message', (data: Buffer) => isClosed || handlers.text(data.toString()));
  socket.on('error', () => undefined);
  socket.on('close', (code) => isClosed || handlers.closed(code));
  return {
    send: (data) => {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(data);
      }
    },
    bufferedBytes: () => socket.bufferedAmount,
    close: () => {
      isClosed = true;
      socket.terminate();
    },
  };
};
