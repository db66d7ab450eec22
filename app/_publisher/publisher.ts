import { newId } from '../../stream-node/contract/ids';
import type { Health } from '../../stream-node/contract/ingest-protocol';
import type { CaptureGraph } from './capture-graph';
import type { QueueLength } from './chunk-queue';
import { ChunkRecorder } from './chunk-recorder';
import { EncoderLagWatch, smallerPicture } from './encoder-lag';
import { type IngestAccess, IngestClient, type IngestRefusal } from './ingest-client';
import { openBrowserSocket } from './ingest-socket';
import { pageNowMs } from './page-clock';
import { TypedEvents } from './typed-events';

/**
 * `holding`: the line is down, recording goes on here, and everything will be sent. `replaced`: another page of the same
 * person went live on this stream. `ended` and `failed` are over.
 */
export type PublisherState = 'connecting' | 'on-air' | 'holding' | 'ending' | 'ended' | 'replaced' | 'failed';

export type PublisherStatus = {
  state: PublisherState;
  /** why it failed, in words */
  reason: string | null;
  queue: QueueLength;
  roundTripMs: number | null;
  health: Health | null;
  /** when the line went down, page clock */
  holdingSinceMs: number | null;
};

export type PublisherOptions = {
  streamId: string;
  access: IngestAccess;
  renewAccess: () => Promise<IngestAccess>;
  capture: CaptureGraph;
};

type Session = { client: IngestClient; recorder: ChunkRecorder };

const statusEveryMs = 500;
const emptyQueue: QueueLength = { chunks: 0, bytes: 0, seconds: 0 };

/**
 * Goes live with what is captured: a recorder and its ingest client together are a session. A session is followed by
 * another when the picture must become smaller, the camera changed, or the node lost the old one; the old one is sent
 * to its end first.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #events = new TypedEvents<{ status: PublisherStatus }>();
  readonly #lag = new EncoderLagWatch();
  #session: Session | null = null;
  #sent: Promise<void> = Promise.resolve();
  #restarting: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #status: PublisherStatus = {
    state: 'connecting',
    reason: null,
    queue: emptyQueue,
    roundTripMs: null,
    health: null,
    holdingSinceMs: null,
  };

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => this.#events.on('status', listener);
  readonly status = (): PublisherStatus => this.#status;

  async start(): Promise<void> {
    await this.#beginSession();
    this.#timer = setInterval(() => this.#tick(), statusEveryMs);
  }

  /** Begins another session with what is captured now. */
  async restart(): Promise<void> {
    if (this.#isOver || this.#status.state === 'ending') {
      return;
    }
    this.#restarting ??= this.#nextSession().finally(() => {
      this.#restarting = null;
    });
    await this.#restarting;
  }

  /**
   * Stops the recorder and waits until the node has everything, for `waitMs` at most. Returns whether it has; after the
   * stop this page keeps nothing.
   */
  async end(waitMs: number): Promise<boolean> {
    if (this.#isOver) {
      return this.#status.state === 'ended';
    }
    this.#set({ state: 'ending' });
    await this.#restarting;
    await this.#closeSession();
    const isSent = await Promise.race([
      this.#sent.then(() => true).catch(() => false),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), waitMs)),
    ]);
    this.#over({ state: 'ended' });
    return isSent;
  }

  /** Lets go of everything at once. */
  close(): void {
    this.#over(this.#isOver ? {} : { state: 'ended' });
  }

  get #isOver(): boolean {
    return this.#status.state === 'ended' || this.#status.state === 'replaced' || this.#status.state === 'failed';
  }

  async #beginSession(): Promise<void> {
    const { streamId, access, renewAccess, capture } = this.#options;
    const stream = capture.recordable();
    const picture = stream.getVideoTracks()[0];
    const { width, height } = picture?.getSettings() ?? {};
    let client: IngestClient | null = null;
    const recorder = await ChunkRecorder.start(stream, {
      chunk: ({ bytes, captureTimeMs }) => client?.send(bytes, captureTimeMs),
      failed: () => void this.restart(),
    });
    client = new IngestClient({
      access,
      renewAccess,
      openSocket: openBrowserSocket,
      connectAfter: this.#sent,
      hello: {
        streamId,
        recorderSession: newId('recorderSession'),
        mime: recorder.mime,
        container: recorder.container,
        hasVideo: picture !== undefined,
        hasAudio: true,
        hint: width === undefined || height === undefined ? undefined : { width, height },
      },
    });
    this.#listen(client);
    this.#session = { client, recorder };
  }

  async #nextSession(): Promise<void> {
    await this.#closeSession();
    if (!this.#isOver) {
      await this.#beginSession();
    }
  }

  /** Stops the recorder; its client sends the rest by itself, and whoever comes next waits for that. */
  async #closeSession(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.recorder.stop();
    if (session !== null) {
      this.#sent = session.client.finish();
      this.#sent.catch(() => undefined);
    }
  }

  #listen(client: IngestClient): void {
    client.on('state', (state) => {
      if (state === 'sending' && this.#status.state !== 'ending') {
        this.#set({ state: 'on-air', holdingSinceMs: null });
      } else if (state === 'reconnecting' && this.#status.state !== 'ending') {
        this.#set({ state: 'holding', holdingSinceMs: this.#status.holdingSinceMs ?? pageNowMs() });
      }
    });
    client.on('health', (health) => this.#set({ health }));
    client.on('roundTrip', ({ roundTripMs }) => this.#set({ roundTripMs }));
    client.on('overflow', () => void this.restart());
    client.on('refused', (refusal) => this.#onRefused(client, refusal));
  }

  #onRefused(client: IngestClient, refusal: IngestRefusal): void {
    const isCurrent = this.#session?.client === client;
    if (refusal.code === 'session_lost' || refusal.code === 'bad_media') {
      if (isCurrent) {
        void this.restart();
      }
    } else if (refusal.code === 'replaced') {
      this.#over({ state: 'replaced' });
    } else if (refusal.code === 'stream_ended') {
      this.#over({ state: 'ended' });
    } else {
      this.#over({ state: 'failed', reason: refusal.message });
    }
  }

  #tick(): void {
    const session = this.#session;
    if (session === null) {
      return;
    }
    this.#set({ queue: session.client.queueLength });
    const { capture } = this.#options;
    const smaller = capture.shorterSide === null ? null : smallerPicture(capture.shorterSide);
    if (this.#lag.isTooSlow(session.recorder.lagMs(), pageNowMs()) && smaller !== null) {
      // A camera that knows no smaller picture still gets a fresh recorder, without the queue of the old one.
      capture
        .shrinkPicture(smaller)
        .catch(() => undefined)
        .finally(() => void this.restart());
    }
  }

  #set(changes: Partial<PublisherStatus>): void {
    this.#status = { ...this.#status, ...changes };
    this.#events.emit('status', this.#status);
  }

  #over(changes: Partial<PublisherStatus>): void {
    clearInterval(this.#timer);
    const session = this.#session;
    this.#session = null;
    void session?.recorder.stop();
    session?.client.close();
    this.#set(changes);
  }
}
