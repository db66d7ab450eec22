import type { CaptureGraph } from '../capture-graph';
import { pageNowMs } from '../page-clock';
import type { Publisher } from '../publisher';
import { firstStatus, isOver, type PublisherStatus } from '../publisher-status';
import { TypedEvents } from '../typed-events';
import { whileMoving } from '../while-moving';
import { type PieceRecorder, type RecordedPiece, type StartPieceRecorder, startPieceRecorder } from './piece-recorder';

/** What a booth needs of whoever publishes for it. */
export type BoothPublisher = Pick<Publisher, 'subscribe' | 'status' | 'start' | 'restart' | 'end' | 'close'>;

export type PiecePublisherOptions = {
  streamId: string;
  capture: Pick<CaptureGraph, 'recordable'>;
  startRecorder?: StartPieceRecorder;
  /** where the uploads go; the page's own origin unless a test says otherwise, without a trailing slash */
  webUrl?: string;
  retryMs?: number;
};

/** So much may wait in the page; then the oldest is given up, in bytes. */
const waitingBytesMax = 64 * 1024 * 1024;
const defaultRetryMs = 1000;

/**
 * Goes live by uploading one complete file after the other, where WebSockets do not get through. Fans hear it some seconds
 * later than by a socket, and a page that is closed loses what it has not sent.
 */
export class PiecePublisher implements BoothPublisher {
  readonly #options: PiecePublisherOptions;
  readonly #events = new TypedEvents<{ status: PublisherStatus }>();
  readonly #waiting: { sequence: number; piece: RecordedPiece }[] = [];
  readonly #abort = new AbortController();
  #nextSequence = 0;
  #recorder: PieceRecorder | null = null;
  #sending: Promise<void> | null = null;
  #status: PublisherStatus = { ...firstStatus, isKept: false };

  constructor(options: PiecePublisherOptions) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#events.on('status', listener);
  readonly status = (): PublisherStatus => this.#status;

  async start(): Promise<void> {
    const { capture, startRecorder = startPieceRecorder } = this.#options;
    this.#recorder = startRecorder(capture.recordable(), {
      piece: (piece) => this.#take(piece),
      failed: (error) => this.#over({ state: 'failed', reason: error.message }),
    });
  }

  /** Records what is captured now; what was captured before is still sent. */
  async restart(): Promise<void> {
    const former = this.#recorder;
    if (former !== null && !isOver(this.#status.state) && this.#status.state !== 'ending') {
      await this.start();
      await former.stop();
    }
  }

  async end(patienceMs: number): Promise<boolean> {
    if (isOver(this.#status.state)) {
      return this.#status.state === 'ended';
    }
    this.#set({ state: 'ending' });
    await this.#recorder?.stop();
    this.#recorder = null;
    const isSent = await whileMoving(this.#sending ?? Promise.resolve(), () => this.#waiting.length, patienceMs);
    this.#over({ state: 'ended' });
    return isSent && this.#status.loss === null;
  }

  close(): void {
    this.#over(isOver(this.#status.state) ? {} : { state: 'ended' });
  }

  #take(piece: RecordedPiece): void {
    if (isOver(this.#status.state)) {
      return;
    }
    this.#waiting.push({ sequence: this.#nextSequence, piece });
    this.#nextSequence += 1;
    while (this.#waitingBytes() > waitingBytesMax) {
      const oldest = this.#waiting.shift();
      this.#lost(oldest?.piece.file.size ?? 0, 'The line was down for too long.');
    }
    this.#noteQueue();
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined && !isOver(this.#status.state); next = this.#waiting[0]) {
      const isDealtWith = await this.#send(next.sequence, next.piece.file);
      if (isDealtWith && this.#waiting[0] === next) {
        this.#waiting.shift();
      }
      this.#noteQueue();
    }
  }

  /** Whether the piece is out of our hands; otherwise it is to be sent again. */
  async #send(sequence: number, file: Blob): Promise<boolean> {
    const { streamId, webUrl = '', retryMs = defaultRetryMs } = this.#options;
    const form = new FormData();
    form.set('sequence', String(sequence));
    form.set('video_chunk', file, 'chunk');
    const startedMs = pageNowMs();
    const reply = await this.#post(`${webUrl}/api/streams/${streamId}/upload`, form);
    if (reply.status === 200) {
      this.#sent(pageNowMs() - startedMs);
      return true;
    }
    if (reply.status === 409) {
      this.#over({ state: 'ended' });
    } else if (reply.status === 413 || reply.status === 422) {
      this.#lost(file.size, reply.message);
      return true;
    } else if (reply.status === 0 || reply.status === 429 || reply.status >= 500) {
      if (this.#status.state === 'on-air') {
        this.#set({ state: 'holding', holdingSinceMs: pageNowMs() });
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    } else {
      this.#over({ state: 'failed', reason: reply.message });
    }
    return false;
  }

  /** Status 0: nobody answered. */
  async #post(url: string, body: FormData): Promise<{ status: number; message: string }> {
    try {
      const response = await fetch(url, { method: 'POST', body, signal: this.#abort.signal });
      const answer: unknown = await response.json();
      const message = typeof answer === 'object' && answer !== null && 'message' in answer ? answer.message : '';
      return { status: response.status, message: String(message) };
    } catch {
      return { status: 0, message: '' };
    }
  }

  #sent(roundTripMs: number): void {
    const isGoingOn = this.#status.state === 'connecting' || this.#status.state === 'holding';
    this.#set({ roundTripMs, ...(isGoingOn && { state: 'on-air', holdingSinceMs: null }) });
  }

  #waitingBytes(): number {
    return this.#waiting.reduce((sum, { piece }) => sum + piece.file.size, 0);
  }

  /** A piece that is on its way is not late. */
  #noteQueue(): void {
    const seconds = this.#waiting.slice(1).reduce((sum, { piece }) => sum + piece.seconds, 0);
    this.#set({ queue: { chunks: this.#waiting.length, bytes: this.#waitingBytes(), seconds } });
  }

  #lost(bytes: number, reason: string): void {
    this.#set({ loss: { bytes: bytes + (this.#status.loss?.bytes ?? 0), reason } });
  }

  #set(changes: Partial<PublisherStatus>): void {
    this.#status = { ...this.#status, ...changes };
    this.#events.emit('status', this.#status);
  }

  #over(changes: Partial<PublisherStatus>): void {
    this.#abort.abort();
    const recorder = this.#recorder;
    this.#recorder = null;
    this.#set(changes);
    void recorder?.stop();
  }
}
