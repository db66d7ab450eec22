import { bigint, boolean, index, jsonb, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { events } from './events';

/** What the score feed of an event said last. */
export const scores = pgTable('score', {
  eventId: text('event_id')
    .primaryKey()
    .references(() => events.id, { onDelete: 'cascade' }),
  /** the last good answer (`ScoreSheet`); null before the first */
  sheet: jsonb('sheet'),
  /** of the last row of `score_change`; 0 before the first */
  sequence: bigint('sequence', { mode: 'number' }).notNull().default(0),
  /** when the feed last answered well */
  fetchedAt: timestamp('fetched_at', { withTimezone: true, precision: 3 }),
  /** the feed does not answer well any more; `sheet` is kept */
  stale: boolean('stale').notNull().default(false),
  /** what is wrong with it, in words without any address */
  lastError: text('last_error'),
});

/**
 * Each score that differed from the one before, in order and without a gap, with its time on the event clock: a page shows
 * the one that stands at its own playhead.
 */
export const scoreChanges = pgTable(
  'score_change',
  {
    eventId: text('event_id')
      .notNull()
      .references(() => events.id, { onDelete: 'cascade' }),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    at: timestamp('at', { withTimezone: true, precision: 3 }).notNull(),
    sheet: jsonb('sheet').notNull(),
  },
  (table) => [
    uniqueIndex('score_change_event_sequence').on(table.eventId, table.sequence),
    index('score_change_event_at').on(table.eventId, table.at),
  ],
);
