import { bigint, index, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { events } from './events';
import { streams } from './streams';
import { users } from './users';

/**
 * The chat of an event: an ordered log without gaps. `sequence` counts up by one per event; a client that was away asks
 * for what follows the last one it has.
 */
export const chatMessages = pgTable(
  'chat_message',
  {
    id: text('id').primaryKey(),
    eventId: text('event_id')
      .notNull()
      .references(() => events.id, { onDelete: 'cascade' }),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    authorId: text('author_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** made by the client; the same line sent twice is stored once */
    clientMessageId: text('client_message_id').notNull(),
    text: text('text').notNull(),
    /** the stream the author was listening to, if any */
    streamId: text('stream_id').references(() => streams.id, { onDelete: 'set null' }),
    /** the author's playhead on the event clock: when what they speak of happened */
    happenedAt: timestamp('happened_at', { withTimezone: true, precision: 3 }).notNull(),
    /** when the line arrived */
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('chat_event_sequence').on(table.eventId, table.sequence),
    uniqueIndex('chat_author_client_message').on(table.authorId, table.clientMessageId),
    index('chat_event_happened').on(table.eventId, table.happenedAt),
  ],
);
