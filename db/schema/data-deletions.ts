import { pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * Deletions that Facebook asked for on a person's behalf. The code alone: neither who asked nor whether there was an
 * account can be told from it.
 */
export const dataDeletions = pgTable('data_deletion', {
  /** what Facebook shows the person, and the status page is found by */
  code: text('code').primaryKey(),
  requestedAt: timestamp('requested_at', { withTimezone: true }).notNull().defaultNow(),
});
