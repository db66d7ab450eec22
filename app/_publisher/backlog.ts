import { ChunkQueue } from './chunk-queue';
import { ClockOffset } from './clock-offset';
import type { IngestAccess } from './ingest-access';
import { IngestClient } from './ingest-client';
import type { IngestRefusal } from './ingest-client-options';
import type { OpenIngestSocket } from './ingest-socket';
import type { ReconnectDelays } from './reconnect-delay';
import type { SessionKeeper } from './session-keeper';
import { TypedEvents } from './typed-events';

/** A recorder session whose rest is to be sent beside the live one. */
export type BacklogItem = {
  keeper: SessionKeeper;
  /** in memory, where the store has not got all of it; null: it is read from the store when its turn comes */
  queue: ChunkQueue | null;
  /** of the page that captured it; null for another page's, whose offset the keeper knows */
  clock: ClockOffset | null;
};

/** Media that will never arrive, and why, in words. */
export type BacklogLoss = { bytes: number; reason: string };

export type BacklogOptions = {
  access: () => IngestAccess;
  renewAccess: () => Promise<IngestAccess>;
  openSocket: OpenIngestSocket;
  /** false while live media waits */
  mayFlow: () => boolean;
  /** the most that is kept for later, in bytes; beyond it the oldest session goes */
  bytesMax?: number;
  delays?: ReconnectDelays;
};

/** Little enough that on a thin line live media never waits for more than a fraction of a second behind it. */
const underWayBytesMax = 64 * 1024;
const bytesKeptMax = 512 * 1024 * 1024;

/**
 * What breaks left behind, sent oldest first, one session after the other, at low priority (`Hello.backfill`). Whatever
 * the node has not confirmed stays in the store, so that closing this loses nothing that is kept there.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #events = new TypedEvents<{ changed: undefined; lost: BacklogLoss }>();
  readonly #items: BacklogItem[] = [];
  #client: IngestClient | null = null;
  #sending: Promise<void> | null = null;
  #mayStart = false;
  #isClosed = false;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  readonly on = this.#events.on.bind(this.#events);

  /** What is still to be confirmed, in bytes. */
  get bytesLeft(): number {
    return this.#items.reduce((sum, { keeper }) => sum + keeper.session.bytes, 0);
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  add(item: BacklogItem): void {
    this.#items.push(item);
    this.#makeRoom();
    this.#work();
    this.#events.emit('changed', undefined);
  }

  /** From now on it is sent: live media is through first. */
  start(): void {
    this.#mayStart = true;
    this.#work();
  }

  /** Live media may have left room. */
  nudge(): void {
    this.#client?.nudge();
  }

  /** Settles when nothing is left to send. */
  async whenEmpty(): Promise<void> {
    while (this.#sending !== null && !this.#isClosed) {
      await this.#sending;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#client?.close();
    this.#events.clear();
  }

  #work(): void {
    if (this.#mayStart && !this.#isClosed && !this.isEmpty) {
      this.#sending ??= this.#sendAll().finally(() => {
        this.#sending = null;
        this.#work();
      });
    }
  }

  async #sendAll(): Promise<void> {
    for (let item = this.#items[0]; item !== undefined && !this.#isClosed; item = this.#items[0]) {
      const refusal = await this.#send(item);
      if (this.#isClosed) {
        return;
      }
      if (refusal !== null) {
        this.#events.emit('lost', { bytes: item.keeper.session.bytes, reason: refusal });
      }
      this.#items.splice(this.#items.indexOf(item), 1);
      await item.keeper.forget();
      this.#events.emit('changed', undefined);
    }
  }

  /** Why the session cannot be sent, in words; null when the node has it, or this was closed. */
  async #send(item: BacklogItem): Promise<string | null> {
    const { keeper } = item;
    let queue: ChunkQueue;
    try {
      queue = item.queue ?? ChunkQueue.rest(await keeper.load(), keeper.session.lastSequence);
    } catch {
      return 'This browser could not read back what it had kept.';
    }
    if (this.#isClosed) {
      return null;
    }
    const { clock } = keeper.session;
    const client = new IngestClient({
      access: this.#options.access(),
      renewAccess: this.#options.renewAccess,
      openSocket: this.#options.openSocket,
      hello: { ...keeper.session.hello, backfill: true },
      queue,
      clock: item.clock ?? (clock === null ? new ClockOffset() : ClockOffset.fixed(clock)),
      keeper,
      pace: { mayFlow: this.#options.mayFlow, bytesMax: underWayBytesMax },
      ...(this.#options.delays !== undefined && { delays: this.#options.delays }),
    });
    this.#client = client;
    let refusal: IngestRefusal | null = null;
    client.on('refused', (refused) => {
      refusal = refused;
      // Another page sends this very session: it is that page's now.
      this.#isClosed ||= refused.code === 'replaced';
    });
    await client.finish().catch(() => undefined);
    this.#client = null;
    return wordsOf(refusal);
  }

  #makeRoom(): void {
    const { bytesMax = bytesKeptMax } = this.#options;
    while (this.bytesLeft > bytesMax && this.#items.length > 1) {
      // The one that is being sent is the oldest, and nearly through: the next one goes.
      const [gone] = this.#items.splice(this.#client === null ? 0 : 1, 1);
      if (gone === undefined) {
        return;
      }
      const reason = `More waited than is kept here (${Math.round(bytesMax / 1e6)} MB), so the oldest had to go.`;
      this.#events.emit('lost', { bytes: gone.keeper.session.bytes, reason });
      void gone.keeper.forget();
    }
  }
}

function wordsOf(refusal: IngestRefusal | null): string | null {
  switch (refusal?.code) {
    case undefined:
      return null;
    case 'stream_ended':
    case 'not_allowed':
      return 'The stream was over before it could be sent.';
    case 'session_lost':
      return 'The stream node no longer has what came before it.';
    default:
      return refusal?.message ?? null;
  }
}
