import { Backlog, type BacklogLoss } from './backlog';
import { holdsTooMuch, isTooLateToResend } from './break-rule';
import { EncoderLagWatch, smallerPicture } from './encoder-lag';
import type { IngestAccess } from './ingest-access';
import type { IngestRefusal } from './ingest-client-options';
import { openBrowserSocket } from './ingest-socket';
import { LiveSession } from './live-session';
import { pageNowMs } from './page-clock';
import type { PublisherOptions } from './publisher-options';
import { firstStatus, isOver, type PublisherStatus } from './publisher-status';
import { SessionKeeper } from './session-keeper';
import { startRecorder as startFastestRecorder } from './start-recorder';
import { TypedEvents } from './typed-events';
import { whileMoving } from './while-moving';

const statusEveryMs = 500;
/** Live media that waits longer than this gets the whole line. */
const liveWaitSecondsMax = 0.5;
/** How long the recorder before waits for the first chunk of the next one, so that nothing falls between them. */
const overlapMsMax = 2000;
/** How long a node that is about to stop is given to take the last chunks of a session, before the next node is connected to. */
const farewellMsMax = 3000;

/**
 * Goes live with what is captured, one recorder session after the other. When the picture must become smaller, the camera
 * changed, or the node lost a session, the old one is sent to its end before the next. After a long break the next one goes
 * first, at the live edge, and the rest of the old one is left to the backlog.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #events = new TypedEvents<{ status: PublisherStatus }>();
  readonly #lag = new EncoderLagWatch();
  readonly #backlog: Backlog;
  #access: IngestAccess;
  #session: LiveSession | null = null;
  /** recorded to their end, and not yet sent */
  readonly #closing = new Set<LiveSession>();
  #sent: Promise<void> = Promise.resolve();
  /** sessions that the line came back too late for, on their way to the backlog */
  #retiring: Promise<void> = Promise.resolve();
  #changing: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #status: PublisherStatus;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#access = options.access;
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
    this.#backlog.on('changed', () => this.#set({ missedBytesLeft: this.#backlog.bytesLeft }));
    this.#backlog.on('lost', (loss) => this.#lost(loss));
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => this.#events.on('status', listener);
  readonly status = (): PublisherStatus => this.#status;

  async start(): Promise<void> {
    await this.#nextSession();
    if (this.#session !== null) {
      this.#timer = setInterval(() => this.#tick(), statusEveryMs);
    }
  }

  /** Begins another session with what is captured now. */
  async restart(): Promise<void> {
    await this.#change(async () => {
      await this.#closeSession();
      await this.#nextSession();
    });
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
    await this.#changing;
    const waiting = () => this.#backlog.bytesLeft + this.#queuedBytes();
    const isSent = await whileMoving(this.#sendAll(), waiting, patienceMs);
    this.#over({ state: 'ended' });
    return isSent;
  }

  /** Lets go of everything at once; what is kept in the store can be sent by another page. */
  close(): void {
    this.#over(isOver(this.#status.state) ? {} : { state: 'ended' });
  }

  async #sendAll(): Promise<void> {
    const last = this.#session;
    await this.#closeSession();
    const isRefused = await this.#sent.then(
      () => false,
      () => true,
    );
    await this.#retiring;
    this.#backlog.start();
    await this.#backlog.whenEmpty();
    if (isRefused && last?.isRetired !== true) {
      throw new Error('the last session was refused');
    }
  }

  async #nextSession(): Promise<void> {
    const session = await this.#beginSession();
    if (isOver(this.#status.state)) {
      await session.close();
    } else {
      this.#session = session;
    }
  }

  async #beginSession(): Promise<LiveSession> {
    const { capture, broadcast, store, startRecorder = startFastestRecorder, openSocket, delays } = this.#options;
    let begun: LiveSession | null = null;
    const session = await LiveSession.start({
      broadcast: broadcast(),
      stream: capture.recordable(),
      store,
      startRecorder,
      recorderFailed: () => void this.#onRecorderFailed(() => begun),
      storeFailed: () => this.#set({ isKept: false }),
      ingest: {
        access: this.#access,
        renewAccess: () => this.#renewAccess(),
        openSocket: openSocket ?? openBrowserSocket,
        connectAfter: this.#sent,
        isTooLate: isTooLateToResend,
        nowMs: () => this.#nowMs(),
        ...(delays !== undefined && { delays }),
      },
    });
    begun = session;
    this.#listen(session);
    return session;
  }

  /** A recorder that fails in the middle of a change is the business of that change, but for the one that has just begun. */
  async #onRecorderFailed(session: () => LiveSession | null): Promise<void> {
    await this.#changing;
    const failed = session();
    if (failed !== null && failed === this.#session) {
      await this.restart();
    }
  }

  /** Stops the recorder; its client sends the rest by itself, and whoever comes next waits for that. */
  async #closeSession(): Promise<void> {
    const session = this.#session;
    if (session === null) {
      return;
    }
    this.#session = null;
    this.#closing.add(session);
    await session.stopRecorder();
    this.#sent = session.finish().finally(() => this.#closing.delete(session));
    this.#sent.catch(() => undefined);
  }

  /** The next session begins at the live edge before the old one stops; the rest of the old one goes to the backlog. */
  async #handOver(): Promise<void> {
    await this.#change(async () => {
      const old = this.#session;
      if (old === null) {
        return;
      }
      old.client.detach();
      await this.#nextSession();
      await Promise.race([this.#session?.begun, after(overlapMsMax)]);
      this.#backlog.add(await old.retire());
    });
  }

  /**
   * The node is about to stop. The next session is recorded before the old one stops, so that nothing falls between, and its
   * line opens when the old node has all of the old one: no two nodes ever have this publisher.
   */
  async #move(): Promise<void> {
    await this.#change(async () => {
      const old = this.#session;
      const { websocketUrl } = this.#access;
      const access = await this.#renewAccess().catch(() => null);
      if (old === null || access === null || access.websocketUrl === websocketUrl) {
        return;
      }
      let leave = () => {};
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      this.#sent = Promise.race([left, after(farewellMsMax)]);
      await this.#nextSession();
      await Promise.race([this.#session?.begun, after(overlapMsMax)]);
      this.#closing.add(old);
      await old.stopRecorder();
      const isSent = await Promise.race([old.finish().then(() => true), after(farewellMsMax)]).catch(() => false);
      this.#closing.delete(old);
      if (isSent !== true) {
        old.client.detach();
        this.#backlog.add(await old.retire());
      }
      leave();
    });
  }

  /** One change at a time; asked for again meanwhile, it is the same one. */
  async #change(step: () => Promise<void>): Promise<void> {
    if (isOver(this.#status.state) || this.#status.state === 'ending') {
      return;
    }
    this.#changing ??= step()
      .catch((error: unknown) => {
        this.#over({ state: 'failed', reason: error instanceof Error ? error.message : 'Recording stopped.' });
      })
      .finally(() => {
        this.#changing = null;
      });
    await this.#changing;
  }

  #listen(session: LiveSession): void {
    const { client } = session;
    client.on('state', (state) => {
      if (this.#session !== session || this.#status.state === 'ending') {
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
    client.on('move', () => void (this.#session === session && this.#move()));
    client.on('overflow', () => void this.#handOver());
    client.on('tooLate', () => this.#onTooLate(session));
    client.on('refused', (refusal) => this.#onRefused(session, refusal));
  }

  #onTooLate(session: LiveSession): void {
    if (this.#closing.has(session)) {
      this.#retiring = Promise.all([this.#retiring, session.retire()]).then(([, item]) => this.#backlog.add(item));
    } else {
      void this.#handOver();
    }
  }

  #onRefused(session: LiveSession, refusal: IngestRefusal): void {
    if (refusal.code === 'session_lost' || refusal.code === 'bad_media') {
      this.#lost({ bytes: session.abandon(), reason: refusal.message });
      if (this.#session === session) {
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

  async #renewAccess(): Promise<IngestAccess> {
    this.#access = await this.#options.renewAccess();
    return this.#access;
  }

  #mayBacklogFlow(): boolean {
    const { client } = this.#session ?? {};
    return client === undefined || (client.state === 'sending' && client.queueLength.seconds < liveWaitSecondsMax);
  }

  #queuedBytes(): number {
    return [...this.#closing].reduce((sum, { client }) => sum + client.queueLength.bytes, 0);
  }

  #tick(): void {
    this.#backlog.nudge();
    this.#set({ missedBytesLeft: this.#backlog.bytesLeft });
    const session = this.#session;
    if (session === null) {
      return;
    }
    const queue = session.client.queueLength;
    this.#set({ queue });
    if (holdsTooMuch(queue)) {
      void this.#handOver();
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
    const session = this.#session;
    this.#session = null;
    void session?.close();
    for (const closing of this.#closing) {
      void closing.close();
    }
    this.#backlog.close();
    this.#set(changes);
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
