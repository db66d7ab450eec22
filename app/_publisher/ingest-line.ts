import {
  encodeChunk,
  type Health,
  type Hello,
  NodeMessage,
  type PublisherMessage,
  type Refused,
} from '../../stream-node/contract/ingest-protocol';
import type { ChunkQueue, QueueLength } from './chunk-queue';
import type { ClockOffset, ClockSample } from './clock-offset';
import type { IngestSocket, OpenIngestSocket } from './ingest-socket';

/** What one connection has to tell; after `lost`, `refused` or `finished` it is over and says nothing more. */
export type IngestLineHandlers = {
  ready: () => void;
  ack: (sequence: number) => void;
  /** the node was told this offset */
  clock: (sample: ClockSample) => void;
  health: (health: Health) => void;
  roundTrip: (roundTripMs: number) => void;
  /** the node no longer has what it acknowledged: this session cannot go on */
  sessionLost: () => void;
  finished: () => void;
  refused: (refused: Refused) => void;
  /** `silent`: it says nothing any more, or never answered; `closed`: the other side, or the line, says so */
  lost: (how: 'closed' | 'silent') => void;
  /** the node is about to stop */
  move: () => void;
  /** the line is there, and what waits is too old for it: nothing was said to the node */
  tooLate: () => void;
};

/** How a line gives way to another one. */
export type SendPace = {
  /** asked before every chunk */
  mayFlow: () => boolean;
  /** what may be under way without an acknowledgement; one chunk always may */
  bytesMax: number;
};

export type IngestLineOptions = {
  url: string;
  hello: Omit<Hello, 'type'>;
  openSocket: OpenIngestSocket;
  queue: ChunkQueue;
  clock: ClockOffset;
  /** a line that says nothing for this long is taken for dead */
  silenceMsMax: number;
  nowMs: () => number;
  isTooLate: (waiting: QueueLength) => boolean;
  pace: SendPace | null;
  handlers: IngestLineHandlers;
};

const firstPings = 5;
const pingEveryMs = 2000;
const lookEveryMs = 500;
/** what may wait inside the socket; more would only delay pings behind media */
const socketBytesMax = 1024 * 1024;
/** RFC 6455, 7.4.1: "a message that is too big for it to process". Sent again it would be too big again. */
const messageTooBig = 1009;

/** One connection of an ingest client: greets, measures the clock, then sends the queue from where the node says. */
export class IngestLine {
  readonly #options: IngestLineOptions;
  readonly #socket: IngestSocket;
  readonly #beat: ReturnType<typeof setInterval>;
  #isOver = false;
  #isReady = false;
  #pongs = 0;
  #sentSequence = -1;
  #isFinishing = false;
  #finishSent = false;
  #heardAtMs: number;
  #pingedAtMs: number;

  constructor(options: IngestLineOptions) {
    this.#options = options;
    this.#heardAtMs = options.nowMs();
    this.#pingedAtMs = this.#heardAtMs;
    this.#socket = options.openSocket(options.url, {
      opened: () => this.#greet(),
      text: (text) => this.#read(text),
      // `refused` comes as a message before the close; a close by itself is a broken line.
      closed: (code) =>
        this.#over(code === messageTooBig ? () => this.#refuseTooLarge() : () => options.handlers.lost('closed')),
    });
    this.#beat = setInterval(() => this.#onBeat(), lookEveryMs);
  }

  /** Sends what the queue holds, as far as the socket takes it. */
  pump(): void {
    if (!this.#isReady || this.#isOver) {
      return;
    }
    const { queue } = this.#options;
    let chunk = queue.after(this.#sentSequence);
    while (chunk !== null && this.#maySend()) {
      this.#socket.send(encodeChunk(chunk));
      this.#sentSequence = chunk.sequence;
      chunk = queue.after(this.#sentSequence);
    }
    if (this.#isFinishing && chunk === null && !this.#finishSent) {
      this.#finishSent = true;
      this.#tell({ type: 'finish', lastSequence: queue.lastSequence });
    }
  }

  /** After the last chunk of the queue, tells the node that nothing follows. */
  finish(): void {
    this.#isFinishing = true;
    this.pump();
  }

  /** Lets go of the connection without a word to the handlers. */
  close(): void {
    this.#isOver = true;
    clearInterval(this.#beat);
    this.#socket.close();
  }

  #greet(): void {
    const { hello, queue, isTooLate, nowMs, handlers } = this.#options;
    if (isTooLate(queue.length(nowMs()))) {
      this.#over(handlers.tooLate);
    } else {
      this.#tell({ type: 'hello', ...hello });
    }
  }

  #maySend(): boolean {
    const { pace, queue } = this.#options;
    if (this.#socket.bufferedBytes() >= socketBytesMax) {
      return false;
    }
    return pace === null || (pace.mayFlow() && queue.bytesUpTo(this.#sentSequence) < pace.bytesMax);
  }

  #refuseTooLarge(): void {
    const message = 'A piece of the recording was larger than a stream node takes (4 MB).';
    this.#options.handlers.refused({ type: 'refused', code: 'chunk_too_large', message, retryable: false });
  }

  #over(tell: () => void): void {
    if (!this.#isOver) {
      this.close();
      tell();
    }
  }

  #onBeat(): void {
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#heardAtMs > this.#options.silenceMsMax) {
      this.#over(() => this.#options.handlers.lost('silent'));
    } else if (this.#pongs > 0 && nowMs - this.#pingedAtMs >= pingEveryMs) {
      this.#ping();
      this.pump();
    }
  }

  #tell(message: PublisherMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  #ping(): void {
    this.#pingedAtMs = this.#options.nowMs();
    this.#tell({ type: 'ping', sentAtMs: this.#options.nowMs() });
  }

  #read(text: string): void {
    if (this.#isOver) {
      return;
    }
    this.#heardAtMs = this.#options.nowMs();
    const { handlers, queue } = this.#options;
    const parsed = NodeMessage.safeParse(parseJson(text));
    if (!parsed.success) {
      this.#over(() => handlers.lost('closed'));
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'welcome':
        this.#onWelcome(message.ackedSequence);
        break;
      case 'pong':
        this.#onPong(message);
        break;
      case 'ack':
        queue.acknowledge(message.sequence);
        handlers.ack(message.sequence);
        this.pump();
        break;
      case 'health':
        handlers.health(message);
        break;
      case 'finished':
        this.#over(handlers.finished);
        break;
      case 'move':
        handlers.move();
        break;
      case 'refused':
        this.#over(() => handlers.refused(message));
        break;
      default:
        message satisfies never;
    }
  }

  #onWelcome(ackedSequence: number): void {
    const { hello, queue, clock, handlers } = this.#options;
    if (queue.isMissingAfter(ackedSequence)) {
      this.#over(handlers.sessionLost);
      return;
    }
    if (hello.backfill === true) {
      queue.catchUp(ackedSequence);
    }
    queue.acknowledge(ackedSequence);
    if (ackedSequence >= 0) {
      handlers.ack(ackedSequence);
    }
    this.#sentSequence = ackedSequence;
    // After a break the clock is known already, and the waiting chunks go first.
    if (clock.best !== null) {
      this.#becomeReady();
    }
    this.#ping();
  }

  #onPong(pong: { sentAtMs: number; receivedAtMs: number; answeredAtMs: number }): void {
    const { sentAtMs, receivedAtMs, answeredAtMs } = pong;
    const { clock, handlers } = this.#options;
    const isBetter = clock.add({ sentAtMs, receivedAtMs, answeredAtMs, returnedAtMs: this.#heardAtMs });
    this.#pongs += 1;
    if (this.#pongs < firstPings) {
      this.#ping();
    }
    if (this.#isReady && isBetter) {
      this.#tellClock();
    } else if (!this.#isReady && this.#pongs >= firstPings) {
      this.#becomeReady();
    }
    handlers.roundTrip(clock.latestRoundTripMs ?? 0);
  }

  #becomeReady(): void {
    this.#isReady = true;
    this.#tellClock();
    this.#options.handlers.ready();
    this.pump();
  }

  #tellClock(): void {
    const best = this.#options.clock.best;
    if (best !== null) {
      this.#tell({ type: 'clock', offsetMs: best.offsetMs, roundTripMs: best.roundTripMs });
      this.#options.handlers.clock(best);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
