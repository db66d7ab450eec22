import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock';
import {
  decodeChunk,
  type Hello,
  type IngestRefusalCode,
  ingestCloseCodes,
  type NodeMessage,
} from '../contract/ingest-protocol';
import type { ObservedRecording } from '../contract/recording-state';
import { parsePublisherMessage } from './publisher-message';
import { refusalOfFault, refusals } from './refusals';
import type { SourceListener } from './source-listener';
import type { WebSocketSource } from './websocket-source';

/** What a studio is shown of its stream, from the conductor. */
export type StreamHealth = {
  readonly state: string;
  readonly publishLatencyMs: number | null;
  readonly recording?: ObservedRecording;
};

/** What a connection asks of the server it belongs to. */
export type ConnectionHost = {
  readonly clock: Clock;
  readonly helloTimeoutMs: number;
  /** admits the publisher and seats the connection (see {@link IngestConnection.welcome}), or refuses it */
  greet(connection: IngestConnection, hello: Hello): Promise<void>;
  health(streamId: string): StreamHealth;
  finished(connection: IngestConnection, source: WebSocketSource): void;
  failed(error: Error, context: { streamId: string | undefined; requestId: string }): void;
  /** the socket is gone, whoever ended it */
  closed(connection: IngestConnection): void;
};

const healthIntervalMs = 1000;
const pingEveryTicks = 5;
/** A publisher that was not heard of for so long is gone, even if its TCP connection is not. */
const silenceMaxMs = 15_000;
/** What may wait for a publisher that does not read, in bytes. */
const unsentBytesMax = 1024 * 1024;

/**
 * One socket of a publisher, from its first byte to its close:
 *
 *     greeting ─hello→ admitting ─welcome→ streaming ─→ closed
 *
 * Every refusal is a `refused` message and a close code, in any phase.
 */
export class IngestConnection implements SourceListener {
  private phase: 'greeting' | 'admitting' | 'streaming' | 'closed' = 'greeting';
  private source: WebSocketSource | null = null;
  private hello: Hello | null = null;
  private readonly helloTimer: NodeJS.Timeout;
  private healthTimer: NodeJS.Timeout | null = null;
  private lastHeardMs = performance.now();
  private bytesAtLastTick = 0;
  private ticks = 0;

  /** @param requestId of the request by which it came, and of all that is logged of it */
  constructor(
    private readonly socket: WebSocket,
    private readonly host: ConnectionHost,
    readonly requestId: string,
  ) {
    this.helloTimer = setTimeout(() => this.refuse('hello_expected'), host.helloTimeoutMs);
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('pong', () => this.heard());
    // ws closes by itself after a fault of the framing (a frame above maxPayload: 1009); there is no more to do.
    socket.on('error', () => {});
    socket.on('close', () => this.close());
  }

  get streamId(): string | undefined {
    return this.hello?.streamId;
  }

  get recorderSession(): string | undefined {
    return this.hello?.recorderSession;
  }

  get isClosed(): boolean {
    return this.phase === 'closed';
  }

  /** The host admitted this publisher: from now on its chunks go into `source`. */
  welcome(source: WebSocketSource): void {
    this.phase = 'streaming';
    this.source = source;
    this.bytesAtLastTick = source.bytesReceived();
    source.attach(this);
    this.send({ type: 'welcome', ackedSequence: source.ackedSequence, serverTimeMs: this.host.clock.nowMs() });
    this.healthTimer = setInterval(() => this.tick(), healthIntervalMs);
    this.pauseOrResume();
    if (source.finished) {
      this.send({ type: 'finished' });
    }
  }

  /** Tells the publisher why, and closes. What it sends from now on is not read. */
  refuse(code: IngestRefusalCode, detail?: string, url?: string): void {
    if (this.phase === 'closed') {
      return;
    }
    const { retryable, message } = refusals[code];
    this.send({ type: 'refused', code, message: detail ?? message, retryable, ...(url !== undefined && { url }) });
    this.socket.close(ingestCloseCodes[code], code);
    this.close();
    this.socket.resume();
  }

  askToMove(): void {
    this.send({ type: 'move' });
  }

  acknowledged(): void {
    const sequence = this.source?.ackedSequence ?? -1;
    if (sequence >= 0) {
      this.send({ type: 'ack', sequence });
    }
  }

  drained(): void {
    this.pauseOrResume();
  }

  finished(): void {
    this.send({ type: 'finished' });
    if (this.source) {
      this.host.finished(this, this.source);
    }
  }

  failed(error: Error): void {
    this.host.failed(error, { streamId: this.streamId, requestId: this.requestId });
    this.refuse(refusalOfFault(error));
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.phase === 'closed' || !Buffer.isBuffer(data)) {
      return;
    }
    this.heard();
    if (isBinary) {
      this.receiveChunk(data);
    } else {
      this.receiveMessage(data);
    }
  }

  private receiveChunk(frame: Buffer): void {
    if (this.phase !== 'streaming' || this.source === null) {
      this.refuse('hello_expected');
      return;
    }
    const chunk = decodeChunk(frame);
    if (chunk === 'bad_message' || chunk === 'chunk_too_large') {
      this.refuse(chunk);
      return;
    }
    const result = this.source.accept(chunk);
    switch (result) {
      case 'taken':
        this.pauseOrResume();
        return;
      case 'duplicate':
        this.acknowledged();
        return;
      default:
        this.refuse(result);
    }
  }

  private receiveMessage(data: Buffer): void {
    const receivedAtMs = this.host.clock.nowMs();
    const message = parsePublisherMessage(data);
    if (typeof message === 'string') {
      this.refuse('bad_message', message);
      return;
    }
    if (message.type === 'hello') {
      this.receiveHello(message);
      return;
    }
    if (this.phase !== 'streaming' || this.source === null) {
      this.refuse('hello_expected');
      return;
    }
    switch (message.type) {
      case 'ping':
        this.send({
          type: 'pong',
          sentAtMs: message.sentAtMs,
          receivedAtMs,
          answeredAtMs: this.host.clock.nowMs(),
        });
        return;
      case 'clock':
        this.source.sample({ offsetMs: message.offsetMs, roundTripMs: message.roundTripMs });
        return;
      case 'finish':
        if (this.source.finishAt(message.lastSequence) === 'bad_sequence') {
          this.refuse('bad_sequence', 'finish.lastSequence: must be the last chunk that was sent');
        }
        return;
      default:
        message satisfies never;
    }
  }

  private receiveHello(hello: Hello): void {
    if (this.phase !== 'greeting') {
      this.refuse('bad_message', 'hello: was already sent');
      return;
    }
    if (!hello.hasVideo && !hello.hasAudio) {
      this.refuse('bad_message', 'hello.hasAudio: a source has a picture, sound or both');
      return;
    }
    this.phase = 'admitting';
    this.hello = hello;
    clearTimeout(this.helloTimer);
    this.host.greet(this, hello).catch((error: Error) => this.failed(error));
  }

  private tick(): void {
    const now = performance.now();
    if (
      this.socket.bufferedAmount > unsentBytesMax ||
      (now - this.lastHeardMs > silenceMaxMs && !this.socket.isPaused)
    ) {
      this.socket.terminate();
      return;
    }
    this.ticks += 1;
    if (this.ticks % pingEveryTicks === 0) {
      this.socket.ping();
    }
    const bytes = this.source?.bytesReceived() ?? 0;
    const arrived = bytes - this.bytesAtLastTick;
    this.bytesAtLastTick = bytes;
    // A paused publisher gets no pong from us: this tells it that the line is whole.
    if ((arrived > 0 || this.socket.isPaused) && this.source && this.hello) {
      this.send({
        type: 'health',
        ...this.host.health(this.hello.streamId),
        ingressKbps: Math.round((arrived * 8) / healthIntervalMs),
        encoderLagMs: this.source.encoderLagMs(),
      });
    }
  }

  private pauseOrResume(): void {
    if (this.phase !== 'streaming') {
      return;
    }
    if (this.source?.saturated) {
      this.socket.pause();
    } else if (this.socket.isPaused) {
      this.heard();
      this.socket.resume();
    }
  }

  private heard(): void {
    this.lastHeardMs = performance.now();
  }

  private send(message: NodeMessage): void {
    if (this.socket.readyState === this.socket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  private close(): void {
    if (this.phase === 'closed') {
      return;
    }
    this.phase = 'closed';
    clearTimeout(this.helloTimer);
    if (this.healthTimer !== null) {
      clearInterval(this.healthTimer);
    }
    this.source?.attach(null);
    this.host.closed(this);
  }
}
