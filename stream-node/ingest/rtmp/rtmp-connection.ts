import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { ChunkReader } from './chunk-reader';
import { encodeAcknowledgement } from './control-message';
import { flvTagOverheadBytes } from './flv-tag';
import { Handshake } from './handshake';
import { RtmpFault } from './rtmp-fault';
import { type PublishRefusal, RtmpSession } from './rtmp-session';
import type { StreamMetadata } from './stream-metadata';

export type ConnectionTimes = {
  /** from the first byte to an accepted publish, in milliseconds */
  publishTimeoutMs: number;
  /** without a byte from a publisher, after which it counts as lost, in milliseconds */
  silenceTimeoutMs: number;
  /** how long a peer that was told why may take to close, in milliseconds */
  closeTimeoutMs: number;
};

export type ConnectionHost = {
  readonly times: ConnectionTimes;
  /** Whether this key may publish over this connection; null says yes, and the seat is then taken. */
  seat(connection: RtmpConnection, streamKey: string): Promise<PublishRefusal | null>;
  /** Media of the publisher. A string is why it cannot be taken, in words for the broadcaster. */
  media(message: {
    connection: RtmpConnection;
    metadata: StreamMetadata;
    kind: 'audio' | 'video';
    timestampMs: number;
    payload: Buffer;
  }): Promise<string | null>;
  /** the encoder said that it stops; its connection may stay a little */
  finished(connection: RtmpConnection): void;
  /** the line is gone, or was cut by us */
  closed(connection: RtmpConnection): void;
  /** a peer that breaks the protocol or a bound; the reason holds no secret */
  misbehaved(connection: RtmpConnection, reason: string): void;
};

/** The most a journal record, and so an FLV tag, may hold is 4 MiB. */
const mediaBytesMax = 4 * 1024 * 1024 - flvTagOverheadBytes;
/** Before a key was accepted nothing is longer than a command. */
const strangerLimits = { messageBytesMax: 16 * 1024, openBytesMax: 32 * 1024 };
/** Answers that a peer leaves unread, in bytes; an honest one reads them. */
const unreadBytesMax = 256 * 1024;
const publisherLimits = { messageBytesMax: mediaBytesMax, openBytesMax: 2 * mediaBytesMax };

/** One TCP connection of an encoder, from its first byte to its last. It reads on only when what it read was taken. */
export class RtmpConnection {
  /** what is logged of it, here and at the web, is known by this */
  readonly requestId = randomUUID();
  readonly remoteAddress: string;
  readonly #handshake = new Handshake();
  readonly #reader = new ChunkReader({ ...strangerLimits });
  readonly #session: RtmpSession;
  #metadata: StreamMetadata = {};
  #receivedBytes = 0;
  #acknowledgedBytes = 0;
  #isClosing = false;
  #publishTimer: NodeJS.Timeout | undefined;
  /** settles when the socket is closed; never rejects */
  readonly closed: Promise<void>;

  constructor(
    private readonly socket: Socket,
    private readonly host: ConnectionHost,
  ) {
    this.remoteAddress = socket.remoteAddress ?? '';
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('timeout', () => socket.destroy());
    this.#expectPublish();
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        clearTimeout(this.#publishTimer);
        resolve();
      });
    });
    this.#session = new RtmpSession({
      send: (bytes) => this.#send(bytes),
      publish: (streamKey) => this.#publish(streamKey),
      metadata: (metadata) => {
        this.#metadata = metadata;
      },
      media: (kind, timestampMs, payload) => this.#media(kind, timestampMs, payload),
    });
    void this.#run();
  }

  /** The socket is closed, or will be as soon as the peer has read why. */
  get isClosing(): boolean {
    return this.#isClosing || this.socket.destroyed;
  }

  /** Tells the encoder why it is sent away, and closes. */
  refuse(refusal: PublishRefusal): void {
    if (!this.isClosing) {
      this.#session.refuse(refusal);
      this.#closeGently();
    }
  }

  #expectPublish(): void {
    clearTimeout(this.#publishTimer);
    this.#publishTimer = setTimeout(() => this.socket.destroy(), this.host.times.publishTimeoutMs);
  }

  async #run(): Promise<void> {
    try {
      for await (const bytes of this.socket.iterator({ destroyOnReturn: false })) {
        // What is done with the bytes may take as long as it must: only the peer's silence counts.
        this.socket.setTimeout(0);
        if (!this.#isClosing) {
          await this.#take(bytes);
        }
        if (this.#isClosing) {
          break;
        }
        this.socket.setTimeout(this.#session.isPublishing ? this.host.times.silenceTimeoutMs : 0);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.host.closed(this);
    this.#closeGently();
    this.socket.resume();
  }

  async #take(bytes: Buffer): Promise<void> {
    if (this.#handshake.isDone) {
      return await this.#takeChunks(bytes);
    }
    const { answer, rest } = this.#handshake.push(bytes);
    if (answer.byteLength > 0) {
      this.#send(answer);
    }
    if (rest.byteLength > 0) {
      await this.#takeChunks(rest);
    }
  }

  async #takeChunks(bytes: Buffer): Promise<void> {
    this.#receivedBytes += bytes.byteLength;
    if (this.#receivedBytes - this.#acknowledgedBytes >= this.#session.ackWindowBytes) {
      this.#acknowledgedBytes = this.#receivedBytes;
      this.#send(encodeAcknowledgement(this.#receivedBytes));
    }
    for (const message of this.#reader.push(bytes)) {
      const wasPublishing = this.#session.isPublishing;
      await this.#session.handle(message);
      if (this.#session.isOver) {
        this.#closeGently();
      } else if (wasPublishing && !this.#session.isPublishing) {
        this.#metadata = {};
        this.#expectPublish();
        this.host.finished(this);
      }
      // A peer that is gone already may have sent its last media before: that is still taken.
      if (this.#isClosing) {
        return;
      }
    }
  }

  async #publish(streamKey: string): Promise<PublishRefusal | null> {
    const refusal = await this.host.seat(this, streamKey);
    if (refusal === null) {
      clearTimeout(this.#publishTimer);
      this.#reader.limits = publisherLimits;
    }
    return refusal;
  }

  async #media(kind: 'audio' | 'video', timestampMs: number, payload: Buffer): Promise<void> {
    const { host } = this;
    const reason = await host.media({ connection: this, metadata: this.#metadata, kind, timestampMs, payload });
    if (reason !== null) {
      host.misbehaved(this, reason);
      this.refuse({ code: 'NetStream.Publish.Rejected', description: reason });
    }
  }

  #fail(error: unknown): void {
    if (error instanceof RtmpFault) {
      this.host.misbehaved(this, error.message);
    } else if (!this.socket.destroyed) {
      this.host.misbehaved(this, 'the connection failed');
    }
    this.socket.destroy();
  }

  #send(bytes: Buffer): void {
    if (this.socket.writableLength > unreadBytesMax) {
      this.socket.destroy();
    } else if (this.socket.writable) {
      this.socket.write(bytes);
    }
  }

  /**
   * Ends our side and reads on without looking until the peer ends its own: closing a socket with unread bytes resets it,
   * and the reason just sent would be lost.
   */
  #closeGently(): void {
    if (this.#isClosing) {
      return;
    }
    this.#isClosing = true;
    clearTimeout(this.#publishTimer);
    if (this.socket.destroyed) {
      return;
    }
    this.socket.end();
    const timer = setTimeout(() => this.socket.destroy(), this.host.times.closeTimeoutMs);
    this.socket.once('close', () => clearTimeout(timer));
  }
}
