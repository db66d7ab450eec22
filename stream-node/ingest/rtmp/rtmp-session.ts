import type { Amf0Value } from './amf0-value';
import { amf0Object } from './amf0-writer';
import { type Command, encodeCommand, encodeStatus, readCommand } from './command';
import {
  encodeGreeting,
  encodeUserControl,
  ourWindowBytes,
  readUserControl,
  userControlEvents,
} from './control-message';
import { RtmpFault } from './rtmp-fault';
import { messageTypes, type RtmpMessage } from './rtmp-message';
import { readMetadata, type StreamMetadata } from './stream-metadata';

/** The one application name that publishers may connect to: `rtmp://<host>/live`. */
export const rtmpApplication = 'live';

/** Why a publish was turned down; `code` is one of NetStream's. */
export type PublishRefusal = { readonly code: string; readonly description: string };

export type SessionHost = {
  send(bytes: Buffer): void;
  /** Whether the key may publish. Nothing more is read until it is answered; null says yes. */
  publish(streamKey: string): Promise<PublishRefusal | null>;
  metadata(metadata: StreamMetadata): void;
  /** One audio or video message of the accepted publish. */
  media(kind: 'audio' | 'video', timestampMs: number, payload: Buffer): Promise<void>;
};

/** NetStreams that one connection may make; a publisher needs one. */
const messageStreamsMax = 8;

/**
 * The server's side of RTMP's commands (RTMP 1.0, 7.2) for a peer that publishes: it answers, and hands on the key, what is
 * announced, and media. It knows neither sockets nor streams.
 */
export class RtmpSession {
  #isConnected = false;
  #messageStreams = 0;
  #publishingStreamId: number | null = null;
  #isOver = false;
  /** how many bytes may come before the peer wants an acknowledgement */
  ackWindowBytes = ourWindowBytes;

  constructor(private readonly host: SessionHost) {}

  /** A key was accepted, and its publish has not ended. */
  get isPublishing(): boolean {
    return this.#publishingStreamId !== null;
  }

  /** What the peer wanted was refused: the connection has no more use. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes in a message; resolves when the next one may be read. @throws RtmpFault when the peer breaks the protocol */
  async handle(message: RtmpMessage): Promise<void> {
    const { typeId, payload, timestampMs } = message;
    switch (typeId) {
      case messageTypes.command:
        return await this.#command(readCommand(payload), message.messageStreamId);
      case messageTypes.commandAmf3:
        return await this.#command(readCommand(withoutAmf3Mark(payload)), message.messageStreamId);
      case messageTypes.audio:
      case messageTypes.video:
        this.#requirePublishing();
        return await this.host.media(typeId === messageTypes.audio ? 'audio' : 'video', timestampMs, payload);
      case messageTypes.data:
      case messageTypes.dataAmf3:
        this.#requirePublishing();
        return this.#data(typeId === messageTypes.data ? payload : withoutAmf3Mark(payload));
      case messageTypes.windowAckSize:
        this.ackWindowBytes = Math.max(1, payload.byteLength >= 4 ? payload.readUInt32BE(0) : ourWindowBytes);
        return;
      case messageTypes.userControl:
        return this.#userControl(payload);
      case messageTypes.aggregate:
        throw new RtmpFault('aggregate messages are not taken');
      default:
        // Acknowledgements, shared objects and whatever is new: nothing a receiver of media needs.
        return;
    }
  }

  /** Tells the peer why its publish is over. */
  refuse({ code, description }: PublishRefusal): void {
    this.#isOver = true;
    const messageStreamId = this.#publishingStreamId ?? this.#messageStreams;
    this.#publishingStreamId = null;
    this.host.send(encodeStatus({ level: 'error', code, description, messageStreamId }));
  }

  async #command(command: Command, messageStreamId: number): Promise<void> {
    const { name, transactionId, args } = command;
    if (!this.#isConnected && name !== 'connect') {
      throw new RtmpFault('connect must come first');
    }
    switch (name) {
      case 'connect':
        return this.#connect(command);
      case 'createStream':
        return this.#createStream(transactionId);
      case 'publish':
        return await this.#publish(args, messageStreamId);
      case 'releaseStream':
      case 'FCPublish':
      case '_checkbw':
        return this.#answer(transactionId, [null, undefined]);
      case 'FCUnpublish':
      case 'closeStream':
      case 'deleteStream':
        return this.#unpublish();
      case 'play':
      case 'play2':
        return this.#refusePlay(messageStreamId);
      default:
        this.#answerUnknown(transactionId);
    }
  }

  #connect({ transactionId, commandObject }: Command): void {
    const application = commandObject.get('app');
    if (this.#isConnected) {
      throw new RtmpFault('connect came twice');
    }
    // First of all, because it announces the chunk size of what follows.
    this.host.send(encodeGreeting());
    // The application is never echoed or logged: people paste their key behind it.
    if (typeof application !== 'string' || application.replace(/\/+$/, '') !== rtmpApplication) {
      const information = {
        level: 'error',
        code: 'NetConnection.Connect.InvalidApp',
        description: `The server address must end in /${rtmpApplication}, with the stream key in its own field`,
      };
      this.host.send(encodeCommand('_error', transactionId, [null, amf0Object(information)]));
      this.#isOver = true;
      return;
    }
    this.#isConnected = true;
    const properties = amf0Object({ fmsVer: 'FMS/3,0,1,123', capabilities: 31 });
    const information = amf0Object({
      level: 'status',
      code: 'NetConnection.Connect.Success',
      description: 'Connection succeeded.',
      objectEncoding: 0,
    });
    this.#answer(transactionId, [properties, information]);
  }

  #createStream(transactionId: number): void {
    if (this.#messageStreams >= messageStreamsMax) {
      throw new RtmpFault(`more than ${messageStreamsMax} streams in one connection`);
    }
    this.#messageStreams += 1;
    this.#answer(transactionId, [null, this.#messageStreams]);
  }

  async #publish(args: readonly Amf0Value[], messageStreamId: number): Promise<void> {
    if (messageStreamId < 1 || messageStreamId > this.#messageStreams) {
      throw new RtmpFault('publish must name a stream that createStream made');
    }
    if (this.isPublishing) {
      throw new RtmpFault('this connection publishes already');
    }
    const [name] = args;
    // Some encoders append a query to the name.
    const refusal = await this.host.publish(typeof name === 'string' ? (name.split('?', 1)[0] ?? '') : '');
    if (refusal !== null) {
      this.host.send(encodeStatus({ level: 'error', ...refusal, messageStreamId }));
      this.#isOver = true;
      return;
    }
    this.#publishingStreamId = messageStreamId;
    this.host.send(encodeUserControl(userControlEvents.streamBegin, messageStreamId));
    const start = { level: 'status', code: 'NetStream.Publish.Start', description: 'You are on the way in.' } as const;
    this.host.send(encodeStatus({ ...start, messageStreamId }));
  }

  #unpublish(): void {
    if (this.#publishingStreamId === null) {
      return;
    }
    const end = {
      level: 'status',
      code: 'NetStream.Unpublish.Success',
      description: 'The sending has ended.',
    } as const;
    this.host.send(encodeStatus({ ...end, messageStreamId: this.#publishingStreamId }));
    // The connection is left to the peer: it may have more to say, or publish again.
    this.#publishingStreamId = null;
  }

  #refusePlay(messageStreamId: number): void {
    const description = 'This address only takes publishers; streams are watched on their pages';
    this.host.send(encodeStatus({ level: 'error', code: 'NetStream.Play.Failed', description, messageStreamId }));
    this.#isOver = true;
  }

  #data(payload: Buffer): void {
    const metadata = readMetadata(payload);
    if (metadata !== null) {
      this.host.metadata(metadata);
    }
  }

  #userControl(payload: Buffer): void {
    const control = readUserControl(payload);
    if (control?.event === userControlEvents.pingRequest) {
      this.host.send(encodeUserControl(userControlEvents.pingResponse, control.value));
    }
  }

  #answer(transactionId: number, args: readonly Amf0Value[]): void {
    this.host.send(encodeCommand('_result', transactionId, args));
  }

  #answerUnknown(transactionId: number): void {
    // 7.2.1.2: a call with transaction 0 wants no answer.
    if (transactionId !== 0) {
      const information = amf0Object({
        level: 'error',
        code: 'NetConnection.Call.Failed',
        description: 'No such call',
      });
      this.host.send(encodeCommand('_error', transactionId, [null, information]));
    }
  }

  #requirePublishing(): void {
    if (!this.isPublishing) {
      throw new RtmpFault('media before a publish was accepted');
    }
  }
}

/** An AMF3 message of an AMF0 peer: a zero byte, then AMF0. */
function withoutAmf3Mark(payload: Buffer): Buffer {
  if (payload[0] !== 0) {
    throw new RtmpFault('AMF3 is not taken');
  }
  return payload.subarray(1);
}
