import { sql } from 'drizzle-orm';
import { bigint, boolean, index, pgTable, serial, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { users } from './users';

/** What people attend: a match. */
export const events = pgTable(
  'event',
  {
    id: text('id').primaryKey(),
    key: serial('key').notNull(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    startsAt: timestamp('starts_at', { withTimezone: true }),
    endsAt: timestamp('ends_at', { withTimezone: true }),
    /** on no list, found by its address alone: the event of a person's live jobs */
    isUnlisted: boolean('is_unlisted').notNull().default(false),
    runningNow: boolean('running_now').notNull().default(false),
    matchId: text('match_id').notNull().default(''),
    matchUrl: text('match_url').notNull().default(''),
    /** of the last line of the event's chat; 0 before the first */
    chatSequence: bigint('chat_sequence', { mode: 'number' }).notNull().default(0),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('event_key_unique').on(table.key),
    index('event_starts_at').on(table.startsAt),
    index('event_owner').on(table.ownerId, table.createdAt),
    index('event_match_url').on(table.matchUrl).where(sql`${table.matchUrl} <> ''`),
  ],
);
