import { Backlog, type BacklogLoss } from './backlog';
import { holdsTooMuch, isTooLateToResend } from './break-rule';
import { EncoderLagWatch, smallerPicture } from './encoder-lag';
import type { IngestAccess } from './ingest-access';
import type { IngestRefusal } from './ingest-client-options';
import { openBrowserSocket } from './ingest-socket';
import { LiveSession, type StartRecorder } from './live-session';
import { pageNowMs } from './page-clock';
import type { PublisherOptions } from './publisher-options';
import { firstStatus, isOver, type PublisherStatus } from './publisher-status';
import { browserRecorders } from './recorder-choice';
import { SessionChain } from './session-chain';
import { SessionKeeper } from './session-keeper';
import { TypedEvents } from './typed-events';
import { whileMoving } from './while-moving';

const statusEveryMs = 500;
/** Live media that waits longer than this gets the whole line. */
const liveWaitSecondsMax = 0.5;
/**
 * Goes live with what is captured, one recorder session after the other. When the picture must become smaller, the camera
 * changed, or the node lost a session, the old one is sent to its end before the next. After a long break, or when the
 * node is gone, the next one goes first, at the live edge, and the rest of the old one is left to the backlog.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #events = new TypedEvents<{ status: PublisherStatus }>();
  readonly #lag = new EncoderLagWatch();
  readonly #backlog: Backlog;
  readonly #sessions: SessionChain;
  readonly #startRecorder: StartRecorder;
  #access: IngestAccess;
  #timer: ReturnType<typeof setInterval> | undefined;
  #status: PublisherStatus;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#access = options.access;
    this.#startRecorder = options.startRecorder ?? browserRecorders().start;
    this.#backlog = new Backlog({
      access: () => this.#access,
      renewAccess: () => options.renewAccess({ backfill: true }),
      openSocket: options.openSocket ?? openBrowserSocket,
      mayFlow: () => this.#mayBacklogFlow(),
      ...(options.delays !== undefined && { delays: options.delays }),
    });
    for (const session of options.leftOver ?? []) {
      this.#backlog.add({ keeper: new SessionKeeper({ store: options.store, session }), queue: null, clock: null });
    }
    this.#status = { ...firstStatus, isKept: options.store !== null, missedBytesLeft: this.#backlog.bytesLeft };
    this.#backlog.on('changed', () =>
      this.#set({ missedBytesLeft: this.#backlog.bytesLeft, missedWaits: this.#backlog.isWaiting }),
    );
    this.#backlog.on('lost', (loss) => this.#lost(loss));
    this.#sessions = new SessionChain({
      begin: (connectAfter, recorderFailed) => this.#beginSession(connectAfter, recorderFailed),
      phase: () => this.#phase(),
      leaveRest: (rest) => this.#backlog.add(rest),
      failed: (reason) => this.#over({ state: 'failed', reason }),
    });
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => this.#events.on('status', listener);
  readonly status = (): PublisherStatus => this.#status;

  async start(): Promise<void> {
    await this.#sessions.next();
    if (this.#sessions.current !== null) {
      this.#timer = setInterval(() => this.#tick(), statusEveryMs);
    }
  }

  /** Begins another session with what is captured now. */
  async restart(): Promise<void> {
    await this.#sessions.restart();
  }

  /**
   * Stops the recorder and waits until the node has everything, for as long as something arrives within each `patienceMs`.
   * Returns whether it has all; what it has not stays in the store.
   */
  async end(patienceMs: number): Promise<boolean> {
    if (isOver(this.#status.state)) {
      return this.#status.state === 'ended';
    }
    this.#set({ state: 'ending' });
    await this.#sessions.whenSettled();
    const waiting = () => this.#backlog.bytesLeft + this.#sessions.queuedBytes;
    const isSent = await whileMoving(this.#sendAll(), waiting, patienceMs);
    this.#over({ state: 'ended' });
    return isSent;
  }

  /** Lets go of everything at once; what is kept in the store can be sent by another page. */
  close(): void {
    this.#over(isOver(this.#status.state) ? {} : { state: 'ended' });
  }

  async #sendAll(): Promise<void> {
    const last = this.#sessions.current;
    await this.#sessions.closeCurrent();
    const isRefused = await this.#sessions.whenSent().then(
      () => false,
      () => true,
    );
    this.#backlog.start();
    await this.#backlog.whenEmpty();
    if (isRefused && last?.isRetired !== true) {
      throw new Error('the last session was refused');
    }
  }

  async #beginSession(connectAfter: Promise<void>, recorderFailed: () => void): Promise<LiveSession> {
    const { capture, broadcast, store, openSocket, delays } = this.#options;
    const session = await LiveSession.start({
      broadcast: broadcast(),
      stream: capture.recordable(),
      store,
      startRecorder: this.#startRecorder,
      recorderFailed,
      storeFailed: () => this.#set({ isKept: false }),
      ingest: {
        access: this.#access,
        renewAccess: () => this.#renewAccess(),
        openSocket: openSocket ?? openBrowserSocket,
        connectAfter,
        isTooLate: isTooLateToResend,
        nowMs: () => this.#nowMs(),
        ...(delays !== undefined && { delays }),
      },
    });
    this.#listen(session);
    return session;
  }

  #listen(session: LiveSession): void {
    const { client } = session;
    client.on('state', (state) => {
      if (this.#sessions.current !== session || this.#status.state === 'ending') {
        return;
      }
      if (state === 'sending') {
        this.#set({ state: 'on-air', holdingSinceMs: null });
        this.#backlog.start();
      } else if (state === 'reconnecting') {
        this.#set({ state: 'holding', holdingSinceMs: this.#status.holdingSinceMs ?? pageNowMs() });
      }
    });
    client.on('ack', () => this.#backlog.nudge());
    client.on('health', (health) => this.#set({ health }));
    client.on('roundTrip', ({ roundTripMs }) => this.#set({ roundTripMs }));
    client.on('move', () => void (this.#sessions.current === session && this.#move()));
    client.on('overflow', () => void this.#sessions.handOver());
    client.on('tooLate', () => this.#sessions.detached(session));
    client.on('leftBehind', () => this.#sessions.detached(session));
    client.on('refused', (refusal) => this.#onRefused(session, refusal));
  }

  #onRefused(session: LiveSession, refusal: IngestRefusal): void {
    if (refusal.code === 'session_lost' || refusal.code === 'bad_media') {
      this.#lost({ bytes: session.abandon(), reason: refusal.message });
      if (this.#sessions.current === session) {
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

  async #move(): Promise<void> {
    const { websocketUrl } = this.#access;
    await this.#sessions.move(async () => {
      const access = await this.#renewAccess().catch(() => null);
      return access !== null && access.websocketUrl !== websocketUrl;
    });
  }

  async #renewAccess(): Promise<IngestAccess> {
    this.#access = await this.#options.renewAccess();
    return this.#access;
  }

  #mayBacklogFlow(): boolean {
    const { client } = this.#sessions.current ?? {};
    return client === undefined || (client.state === 'sending' && client.queueLength.seconds < liveWaitSecondsMax);
  }

  #tick(): void {
    this.#backlog.nudge();
    this.#set({ missedBytesLeft: this.#backlog.bytesLeft });
    const session = this.#sessions.current;
    if (session === null) {
      return;
    }
    const queue = session.client.queueLength;
    this.#set({ queue });
    if (holdsTooMuch(queue)) {
      void this.#sessions.handOver();
      return;
    }
    const { capture } = this.#options;
    const smaller = capture.shorterSide === null ? null : smallerPicture(capture.shorterSide);
    if (this.#lag.isTooSlow(session.lagMs(), pageNowMs()) && smaller !== null) {
      // A camera that knows no smaller picture still gets a fresh recorder, without the queue of the old one.
      capture
        .shrinkPicture(smaller)
        .catch(() => undefined)
        .finally(() => void this.restart());
    }
  }

  #phase(): 'running' | 'ending' | 'over' {
    const { state } = this.#status;
    return isOver(state) ? 'over' : state === 'ending' ? 'ending' : 'running';
  }

  #nowMs(): number {
    return this.#options.nowMs?.() ?? pageNowMs();
  }

  #lost(loss: BacklogLoss): void {
    if (loss.bytes > 0) {
      this.#set({ loss: { bytes: loss.bytes + (this.#status.loss?.bytes ?? 0), reason: loss.reason } });
    }
  }

  #set(changes: Partial<PublisherStatus>): void {
    this.#status = { ...this.#status, ...changes };
    this.#events.emit('status', this.#status);
  }

  #over(changes: Partial<PublisherStatus>): void {
    clearInterval(this.#timer);
    this.#sessions.close();
    this.#backlog.close();
    this.#set(changes);
  }
}
