import { pgTable, text } from 'drizzle-orm/pg-core';
import { events } from './events';
import { users } from './users';

/** The event of a person's own, for broadcasts that were made without naming one; made when it is first needed. */
export const ownEvents = pgTable('own_event', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  eventId: text('event_id')
    .notNull()
    .references(() => events.id, { onDelete: 'cascade' }),
});
