import { index, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { users } from './users';

/** A person's own keys to the HTTP API, each as its SHA-256 alone. A revoked one is gone. */
export const apiTokens = pgTable(
  'api_token',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** what the person calls it: which program it is for */
    name: text('name').notNull(),
    /** lower-case hexadecimal */
    tokenHash: text('token_hash').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** right to a minute: it is not written at each request */
    lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('api_token_hash_unique').on(table.tokenHash),
    index('api_token_user').on(table.userId, table.createdAt),
  ],
);
