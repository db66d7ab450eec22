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
/** How long a node that was away is left alone when its turn comes again, where nothing else is said. */
const awayMs = 5000;

/**
 * What breaks left behind, sent oldest first, one session after the other, at low priority (`Hello.backfill`), each to the
 * node that has its beginning; one whose node is away gives way to the others, and is tried again until it is back. Whatever
 * the node has not confirmed stays in the store, so that closing this loses nothing that is kept there.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #events = new TypedEvents<{ changed: undefined; lost: BacklogLoss }>();
  readonly #items: BacklogItem[] = [];
  /** those whose node was away when it was tried last */
  readonly #away = new Set<BacklogItem>();
  #current: BacklogItem | null = null;
  #client: IngestClient | null = null;
  #giveWay: () => void = () => undefined;
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

  /** Nothing of it can be sent now, for the nodes that have the beginnings are away. */
  get isWaiting(): boolean {
    return !this.isEmpty && this.#items.every((item) => this.#away.has(item));
  }

  add(item: BacklogItem): void {
    this.#items.push(item);
    this.#makeRoom();
    this.#work();
    this.#giveWay();
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
    for (let item = this.#next(); item !== undefined && !this.#isClosed; item = this.#next()) {
      this.#current = item;
      const outcome = await this.#send(item);
      this.#current = null;
      if (this.#isClosed) {
        return;
      }
      if (outcome === 'gave-way') {
        continue;
      }
      if (outcome !== 'sent') {
        this.#events.emit('lost', { bytes: item.keeper.session.bytes, reason: outcome.refusal });
      }
      this.#away.delete(item);
      this.#items.splice(this.#items.indexOf(item), 1);
      await item.keeper.forget();
      this.#events.emit('changed', undefined);
    }
  }

  #next(): BacklogItem | undefined {
    const [longestAway] = this.#away;
    return this.#items.find((item) => !this.#away.has(item)) ?? longestAway;
  }

  /** `refusal`: why the session cannot be sent, in words. */
  async #send(item: BacklogItem): Promise<'sent' | 'gave-way' | { refusal: string }> {
    const { keeper } = item;
    let queue: ChunkQueue;
    try {
      queue = item.queue ?? ChunkQueue.rest(await keeper.load(), keeper.session.lastSequence);
    } catch {
      return { refusal: 'This browser could not read back what it had kept.' };
    }
    if (this.#isClosed) {
      return 'gave-way';
    }
    const { clock } = keeper.session;
    const atItsNode = ({ grant, websocketUrl }: IngestAccess): IngestAccess => ({
      grant,
      websocketUrl: keeper.session.nodeUrl ?? websocketUrl,
    });
    const client = new IngestClient({
      access: atItsNode(this.#options.access()),
      renewAccess: async () => atItsNode(await this.#options.renewAccess()),
      connectAfter: this.#away.has(item) ? after(this.#options.delays?.longestMs ?? awayMs) : Promise.resolve(),
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
    let hasGivenWay = false;
    client.on('refused', (refused) => {
      if (refused.code === 'replaced' && this.#isAtFormerNode(keeper)) {
        // It heard only now that the stream had left it, and let go of everybody. Asked again, it takes the rest.
        this.#away.add(item);
        hasGivenWay = true;
        return;
      }
      refusal = refused;
      // Another page sends this very session: it is that page's now.
      this.#isClosed ||= refused.code === 'replaced';
    });
    client.on('state', (state) => {
      if (state === 'sending' && this.#away.delete(item)) {
        this.#events.emit('changed', undefined);
      }
    });
    client.on('unreachable', () => {
      // To the end of those that are away.
      this.#away.delete(item);
      this.#away.add(item);
      this.#events.emit('changed', undefined);
      this.#giveWay();
    });
    this.#giveWay = () => {
      // A node that is away has all of it, but for the word that nothing follows: nobody waits for that.
      hasGivenWay = this.#away.has(item) && (this.#items.length > 1 || keeper.session.bytes === 0);
      if (hasGivenWay) {
        client.close();
      }
    };
    await client.finish().catch(() => undefined);
    this.#client = null;
    this.#giveWay = () => undefined;
    if (hasGivenWay) {
      return keeper.session.bytes === 0 ? 'sent' : 'gave-way';
    }
    return refusalWords(refusal);
  }

  #isAtFormerNode({ session }: SessionKeeper): boolean {
    return session.nodeUrl !== null && session.nodeUrl !== this.#options.access().websocketUrl;
  }

  #makeRoom(): void {
    const { bytesMax = bytesKeptMax } = this.#options;
    while (this.bytesLeft > bytesMax && this.#items.length > 1) {
      // The one that is being sent is nearly through: the oldest of the others goes.
      const gone = this.#items.find((item) => item !== this.#current);
      if (gone === undefined) {
        return;
      }
      this.#items.splice(this.#items.indexOf(gone), 1);
      this.#away.delete(gone);
      const reason = `More waited than is kept here (${Math.round(bytesMax / 1e6)} MB), so the oldest had to go.`;
      this.#events.emit('lost', { bytes: gone.keeper.session.bytes, reason });
      void gone.keeper.forget();
    }
  }
}

function refusalWords(refusal: IngestRefusal | null): 'sent' | { refusal: string } {
  switch (refusal?.code) {
    case undefined:
      return 'sent';
    case 'stream_ended':
    case 'not_allowed':
      return { refusal: 'The stream was over before it could be sent.' };
    case 'session_lost':
      return { refusal: 'The stream node no longer has what came before it.' };
    default:
      return { refusal: refusal?.message ?? '' };
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
