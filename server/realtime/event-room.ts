import type { Database } from '../../db/client';
import type { ServerEnv } from '../env';
import type { EventView } from '../events/event-view';
import { type EventRow, eventView, findEvent } from '../events/get-event';
import type { WebMetrics } from '../metrics/web-metrics';
import type { StreamView } from '../streams/stream-view';
import type { SessionUser } from '../users/session-user';
import { ChatTail } from './chat-tail';
import { eventStreams, privateStreamOwners, streamsFingerprint } from './event-streams';
import type { MedianDelay } from './median-delays';
import type { ChatLine, Counts } from './messages';
import { eventRoomName, type PageServer, type PageSocket, personRoomName } from './page-socket';
import { ScoreTail } from './score-tail';

type RoomDeps = { io: PageServer; db: Database; env: ServerEnv; metrics: WebMetrics };

/** What this process knows of an event that pages of its sockets look at, and the one that tells them of changes. */
export class EventRoom {
  readonly chat: ChatTail;
  readonly score: ScoreTail;
  /** joins under way: the room is needed though no socket is in it yet */
  joining = 0;
  #row: EventRow | undefined;
  #streams: StreamView[] = [];
  #counts: Counts;
  #toldEvent = '';
  #toldStreams = '';
  /** people with private streams here, who see a list of their own; and what they were told */
  #privateOwners = new Map<string, { told: string }>();

  constructor(
    readonly eventId: string,
    private readonly deps: RoomDeps,
  ) {
    this.#counts = { eventId, total: 0, byStream: {} };
    this.chat = new ChatTail(deps.db, eventId, (lines) => this.#tellChat(lines));
    this.score = new ScoreTail(deps.db, eventId, (score) => {
      deps.io.to(eventRoomName(eventId)).emit('score', { eventId, score });
    });
  }

  /** @throws AppError `not_found` */
  async open(): Promise<void> {
    await this.refresh();
    await this.chat.open();
    await this.score.open();
  }

  /** Reads the event and its streams again and tells what changed. */
  async refresh(): Promise<void> {
    const { db, env } = this.deps;
    const row = await findEvent(db, this.eventId);
    const streams = await eventStreams({ db, env, actor: null }, this.eventId);
    const privateOwners = await privateStreamOwners(db, this.eventId);
    this.#row = row;
    this.#streams = streams;
    this.#tellEvent(row);
    this.#privateOwners = new Map(privateOwners.map((id) => [id, this.#privateOwners.get(id) ?? { told: '' }]));
    this.#tellStreams(streams);
    for (const [ownerId, owner] of this.#privateOwners) {
      await this.#tellOwnStreams(ownerId, owner);
    }
  }

  /** Tells new counts. */
  setCounts(counts: Counts): void {
    if (JSON.stringify(counts) !== JSON.stringify(this.#counts)) {
      this.#counts = counts;
      this.deps.io.to(eventRoomName(this.eventId)).emit('event:counts', counts);
    }
  }

  /** The streams whose broadcasters are here and want to know how long after the event clock fans hear them. */
  streamsOfListeningOwners(): string[] {
    const { rooms } = this.deps.io.sockets.adapter;
    return this.#streams
      .filter(({ owner }) => rooms.has(personRoomName(this.eventId, owner.id)))
      .map((stream) => stream.id);
  }

  /** Tells those broadcasters. */
  tellDelays(delays: Map<string, MedianDelay>): void {
    for (const { id: streamId, owner } of this.#streams) {
      const delay = delays.get(streamId);
      if (delay !== undefined) {
        this.deps.io.to(personRoomName(this.eventId, owner.id)).emit('stream:delay', { streamId, ...delay });
      }
    }
  }

  /** What a page that joins is shown. */
  async viewFor(user: SessionUser | null): Promise<{ event: EventView; streams: StreamView[]; counts: Counts }> {
    const row = this.#row ?? (await findEvent(this.deps.db, this.eventId));
    const seesMore = user !== null && this.#privateOwners.has(user.id);
    const streams = seesMore ? await eventStreams({ ...this.deps, actor: user }, this.eventId) : this.#streams;
    return { event: eventView(row, user), streams, counts: this.#counts };
  }

  /** From now on the socket is told everything. */
  enter(socket: PageSocket): void {
    const rooms = [eventRoomName(this.eventId)];
    if (socket.data.user !== null) {
      rooms.push(personRoomName(this.eventId, socket.data.user.id));
    }
    void socket.join(rooms);
  }

  leave(socket: PageSocket): void {
    void socket.leave(eventRoomName(this.eventId));
    if (socket.data.user !== null) {
      void socket.leave(personRoomName(this.eventId, socket.data.user.id));
    }
  }

  get isEmpty(): boolean {
    return this.joining === 0 && !this.deps.io.sockets.adapter.rooms.has(eventRoomName(this.eventId));
  }

  #tellChat(messages: ChatLine[]): void {
    for (const { createdAtMs } of messages) {
      this.deps.metrics.chatMessageTold((Date.now() - createdAtMs) / 1000);
    }
    this.deps.io.to(eventRoomName(this.eventId)).emit('chat:messages', { eventId: this.eventId, messages });
  }

  #tellEvent(row: EventRow): void {
    const view = eventView(row, null);
    const told = JSON.stringify(view);
    if (this.#toldEvent !== '' && this.#toldEvent !== told) {
      const owner = personRoomName(this.eventId, row.event.ownerId);
      this.deps.io.to(eventRoomName(this.eventId)).except(owner).emit('event:updated', view);
      this.deps.io.to(owner).emit('event:updated', { ...view, canEdit: true });
    }
    this.#toldEvent = told;
  }

  #tellStreams(streams: StreamView[]): void {
    const told = streamsFingerprint(streams);
    if (this.#toldStreams !== told) {
      this.#toldStreams = told;
      const owners = [...this.#privateOwners.keys()].map((ownerId) => personRoomName(this.eventId, ownerId));
      const message = { eventId: this.eventId, streams };
      this.deps.io.to(eventRoomName(this.eventId)).except(owners).emit('event:streams', message);
    }
  }

  /** Their list carries play grants in its URLs, so it goes to their own sockets alone. */
  async #tellOwnStreams(ownerId: string, owner: { told: string }): Promise<void> {
    const room = personRoomName(this.eventId, ownerId);
    const [socketId] = this.deps.io.sockets.adapter.rooms.get(room) ?? [];
    const actor = this.deps.io.sockets.sockets.get(socketId ?? '')?.data.user;
    if (actor === undefined || actor === null) {
      return;
    }
    const streams = await eventStreams({ ...this.deps, actor }, this.eventId);
    const told = streamsFingerprint(streams);
    if (owner.told !== told) {
      owner.told = told;
      this.deps.io.to(room).emit('event:streams', { eventId: this.eventId, streams });
    }
  }
}
