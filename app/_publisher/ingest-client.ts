import type { Refused } from '../../stream-node/contract/ingest-protocol';
import { ChunkQueue, type QueueLength } from './chunk-queue';
import { ClockOffset } from './clock-offset';
import { type IngestAccess, RenewalRefused } from './ingest-access';
import type { IngestClientOptions, IngestEvents, IngestRefusal, IngestState } from './ingest-client-options';
import { IngestLine } from './ingest-line';
import { pageNowMs } from './page-clock';
import { ReconnectTimer } from './reconnect-timer';
import { afterRefusal } from './refusal-answer';
import { TypedEvents } from './typed-events';

const queueBytesMax = 256 * 1024 * 1024;
/** A web that has not answered by then may be behind the same broken line; the node is tried again meanwhile. */
const renewalMsMax = 4000;
/** The next welcome mends a sequence that does not fit. When it does not, the node and this page will never agree. */
const misfitsMax = 3;

/**
 * Sends the chunks of one recorder session to a stream node (contract/ingest-protocol). A chunk is kept until the node
 * has acknowledged it; after any break the rest is sent again from `ackedSequence + 1`, without a hole or a repetition.
 */
export class IngestClient {
  readonly #events = new TypedEvents<IngestEvents>();
  readonly #options: Required<IngestClientOptions>;
  readonly #queue: ChunkQueue;
  readonly #clock: ClockOffset;
  readonly #whenFinished: Promise<void>;
  #settleFinished: { resolve: () => void; reject: (error: Error) => void } | null = null;
  #access: IngestAccess;
  #state: IngestState = 'connecting';
  #line: IngestLine | null = null;
  #misfits = 0;
  #ackedSequence = -1;
  #mayRenew = true;
  #isFinishing = false;
  readonly #reconnects: ReconnectTimer;

  constructor(options: IngestClientOptions) {
    this.#options = {
      queueBytesMax,
      silenceMsMax: 3000,
      delays: { firstMs: 250, longestMs: 5000 },
      nowMs: pageNowMs,
      random: Math.random,
      connectAfter: Promise.resolve(),
      keeper: null,
      pace: null,
      isTooLate: () => false,
      queue: new ChunkQueue(options.queueBytesMax ?? queueBytesMax),
      clock: new ClockOffset(),
      ...options,
    };
    this.#reconnects = new ReconnectTimer(this.#options);
    this.#access = options.access;
    this.#queue = this.#options.queue;
    this.#clock = this.#options.clock;
    this.#whenFinished = new Promise((resolve, reject) => {
      this.#settleFinished = { resolve, reject };
    });
    // Nobody is obliged to wait for the end, and a refusal is an event as well.
    this.#whenFinished.catch(() => undefined);
    const connect = () => this.#connect();
    this.#options.connectAfter.then(connect, connect);
  }

  on<Name extends keyof IngestEvents>(name: Name, listener: (payload: IngestEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  get state(): IngestState {
    return this.#state;
  }

  /** What the node has not yet acknowledged. */
  get queueLength(): QueueLength {
    return this.#queue.length(this.#options.nowMs());
  }

  /**
   * Takes a chunk of media in the order of the recorder. `captureTimeMs`: page clock of its first block. Returns false,
   * and says `overflow`, when the queue is full: the caller must then stop its recorder.
   */
  send(bytes: Uint8Array, captureTimeMs: number): boolean {
    if (this.#isFinishing || this.#isOver) {
      return false;
    }
    const chunk = this.#queue.add(bytes, captureTimeMs);
    if (chunk === null) {
      this.#events.emit('overflow', this.queueLength);
      return false;
    }
    this.#options.keeper?.add(chunk);
    this.#line?.pump();
    return true;
  }

  /** Looks again whether something may be sent. */
  nudge(): void {
    this.#line?.pump();
  }

  /** Lets go of the line and opens no other one; chunks are still taken in, until `takeOver()`. */
  detach(): void {
    if (!this.#isOver && this.#state !== 'detached') {
      this.#line?.close();
      this.#line = null;
      this.#reconnects.cancel();
      this.#setState('detached');
    }
  }

  /** Ends this client and hands out what it had; whoever waits for its `finish()` is let go. */
  takeOver(): { queue: ChunkQueue; clock: ClockOffset } {
    this.close();
    return { queue: this.#queue, clock: this.#clock };
  }

  /** Settles once the node has every chunk and has closed the session; rejects when it refuses, or on `close()`. */
  finish(): Promise<void> {
    this.#isFinishing = true;
    this.#line?.finish();
    return this.#whenFinished;
  }

  /** Lets go of the line at once; what is not acknowledged is lost. */
  close(): void {
    this.#end('closed', new Error('the publisher was closed before everything was sent'));
  }

  get #isOver(): boolean {
    return this.#state === 'finished' || this.#state === 'refused' || this.#state === 'closed';
  }

  #setState(state: IngestState): void {
    if (state !== this.#state) {
      this.#state = state;
      this.#events.emit('state', state);
    }
  }

  #connect(): void {
    if (this.#isOver || this.#state === 'detached') {
      return;
    }
    const { hello, openSocket, silenceMsMax, nowMs, isTooLate, pace, keeper } = this.#options;
    const line = new IngestLine({
      url: this.#access.websocketUrl,
      hello: { grant: this.#access.grant, ...hello },
      openSocket,
      queue: this.#queue,
      clock: this.#clock,
      silenceMsMax,
      nowMs,
      isTooLate,
      pace,
      handlers: {
        ready: () => {
          this.#mayRenew = true;
          this.#reconnects.succeeded();
          this.#setState('sending');
        },
        ack: (sequence) => this.#onAck(sequence),
        clock: (sample) => keeper?.clock(sample),
        health: (health) => this.#events.emit('health', health),
        roundTrip: (roundTripMs) => this.#events.emit('roundTrip', { roundTripMs }),
        sessionLost: () => this.#refuse({ code: 'session_lost', message: 'The node no longer has this session.' }),
        finished: () => this.#end('finished', null),
        refused: (refused) => this.#onRefused(refused),
        lost: (how) => this.#onLost(how),
        move: () => this.#events.emit('move', undefined),
        tooLate: () => {
          this.detach();
          this.#events.emit('tooLate', this.queueLength);
        },
      },
    });
    this.#line = line;
    if (this.#isFinishing) {
      line.finish();
    }
  }

  #onAck(sequence: number): void {
    if (sequence > this.#ackedSequence) {
      this.#ackedSequence = sequence;
      this.#misfits = 0;
    }
    this.#options.keeper?.heldAt(this.#access.websocketUrl);
    this.#options.keeper?.acknowledge(sequence);
    this.#events.emit('ack', { sequence });
  }

  #onLost(how: 'closed' | 'silent' = 'closed'): void {
    this.#line = null;
    this.#setState('reconnecting');
    this.#reconnects.failed();
    if (how === 'silent' || this.#reconnects.mayBeGone) {
      this.#events.emit('unreachable', undefined);
    }
    if (how === 'silent') {
      // So much time has passed already that fans must not wait for another try.
      this.#renew('or-else-the-node');
      return;
    }
    const isGone = this.#reconnects.mayBeGone;
    this.#later(() => (isGone ? this.#renew('or-else-the-node') : this.#connect()));
  }

  #later(step: () => void): void {
    this.#reconnects.later(() => {
      this.#mayRenew = true;
      step();
    });
  }

  #onRefused(refused: Refused): void {
    this.#misfits += refused.code === 'bad_sequence' ? 1 : 0;
    const answer = this.#misfits > misfitsMax ? 'give-up' : afterRefusal(refused, this.#mayRenew);
    if (answer === 'retry') {
      this.#onLost();
    } else if (answer === 'renew') {
      this.#line = null;
      this.#mayRenew = false;
      this.#setState('reconnecting');
      this.#renew('only');
    } else if (refused.code === 'stream_ended' && this.#isFinishing && this.#queue.isEmpty) {
      // Everything had arrived, and another hand ended the stream before this one could say so.
      this.#end('finished', null);
    } else {
      this.#refuse(refused);
    }
  }

  /** `only`: the node has refused what is at hand; `or-else-the-node`: a web that is away is no reason why the node should be. */
  #renew(ask: 'only' | 'or-else-the-node'): void {
    this.#renewed().then(
      (access) => {
        if (this.#isOver || this.#state === 'detached') {
          return;
        }
        const isAnotherNode = access.websocketUrl !== this.#access.websocketUrl;
        this.#access = access;
        if (isAnotherNode && this.#queue.isMissingAfter(-1)) {
          // What came before lies at the former node, and nowhere else: the rest is for that one, once it is back.
          this.detach();
          this.#events.emit('leftBehind', this.queueLength);
        } else {
          this.#connect();
        }
      },
      (error: unknown) => {
        if (this.#isOver || this.#state === 'detached') {
          return;
        }
        if (error instanceof RenewalRefused) {
          this.#refuse({ code: 'not_allowed', message: error.message });
        } else if (ask === 'only') {
          this.#reconnects.failed();
          this.#later(() => this.#renew(ask));
        } else {
          this.#connect();
        }
      },
    );
  }

  async #renewed(): Promise<IngestAccess> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the web did not answer in time')), renewalMsMax);
    });
    try {
      return await Promise.race([this.#options.renewAccess(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #refuse(refusal: IngestRefusal): void {
    this.#end('refused', new Error(`${refusal.code}: ${refusal.message}`));
    this.#events.emit('refused', refusal);
  }

  #end(state: 'finished' | 'refused' | 'closed', error: Error | null): void {
    if (this.#isOver) {
      return;
    }
    this.#line?.close();
    this.#line = null;
    this.#reconnects.cancel();
    this.#setState(state);
    if (error === null) {
      this.#settleFinished?.resolve();
    } else {
      this.#settleFinished?.reject(error);
    }
  }
}
