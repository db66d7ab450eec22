import type { Database } from '../../db/client';
import type { RoomHint } from '../bus/bus';
import type { ServerEnv } from '../env';
import type { Logger } from '../logger';
import type { WebMetrics } from '../metrics/web-metrics';
import { EventRoom } from './event-room';
import { medianDelays } from './median-delays';
import type { PageServer } from './page-socket';
import { viewerCounts } from './viewer-counts';

type RoomsDeps = { io: PageServer; db: Database; env: ServerEnv; logger: Logger; metrics: WebMetrics };

/** The events whose pages have sockets at this process, each opened by the first and dropped after the last. */
export class EventRooms {
  readonly #rooms = new Map<string, { room: EventRoom; opened: Promise<void> }>();

  constructor(private readonly deps: RoomsDeps) {}

  /**
   * Runs `use` with the open room of an event.
   *
   * @throws AppError `not_found`
   */
  async within<Value>(eventId: string, use: (room: EventRoom) => Promise<Value>): Promise<Value> {
    let entry = this.#rooms.get(eventId);
    if (entry === undefined) {
      const room = new EventRoom(eventId, this.deps);
      entry = { room, opened: room.open() };
      this.#rooms.set(eventId, entry);
    }
    const { room, opened } = entry;
    room.joining += 1;
    try {
      await opened;
      return await use(room);
    } finally {
      room.joining -= 1;
      this.#dropIfEmpty(room);
    }
  }

  /** The room if it is open here. */
  find(eventId: string): EventRoom | undefined {
    return this.#rooms.get(eventId)?.room;
  }

  hear(hint: RoomHint): void {
    const room = this.find(hint.room.replace(/^event:/, ''));
    if (room === undefined || hint.kind === 'counts') {
      return;
    }
    if (hint.kind === 'chat-erased') {
      this.#attempt(room, room.chat.reread());
      return;
    }
    const tail = hint.kind === 'chat' ? room.chat : hint.kind === 'score' ? room.score : null;
    this.#attempt(room, tail === null ? room.refresh() : tail.readNew());
  }

  /** For hints that were lost: everything is read again. */
  lookAgain(): void {
    for (const { room } of this.#rooms.values()) {
      this.#dropIfEmpty(room);
      this.#attempt(room, Promise.all([room.chat.readNew(), room.score.readNew(), room.refresh()]));
    }
  }

  async tellCounts(): Promise<void> {
    const counts = await viewerCounts(this.deps.db, [...this.#rooms.keys()]);
    for (const ofEvent of counts.values()) {
      this.find(ofEvent.eventId)?.setCounts(ofEvent);
    }
  }

  async tellDelays(): Promise<void> {
    const rooms = [...this.#rooms.values()].map(({ room }) => room);
    const streamIds = rooms.flatMap((room) => room.streamsOfListeningOwners());
    if (streamIds.length > 0) {
      const delays = await medianDelays(this.deps.db, streamIds);
      for (const room of rooms) {
        room.tellDelays(delays);
      }
    }
  }

  #attempt(room: EventRoom, reading: Promise<unknown>): void {
    // The next look, at most 5 s away, makes good what this one could not read.
    reading.catch((err: unknown) => this.deps.logger.warn({ err, eventId: room.eventId }, 'a room could not be read'));
  }

  #dropIfEmpty(room: EventRoom): void {
    if (room.isEmpty && this.find(room.eventId) === room) {
      this.#rooms.delete(room.eventId);
    }
  }
}
