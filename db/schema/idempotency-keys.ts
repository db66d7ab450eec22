import { index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * What was answered to a creating call that came with an `Idempotency-Key`, so that the same call again gets the same
 * answer and makes nothing new. Kept for a day.
 */
export const idempotencyKeys = pgTable(
  'idempotency_key',
  {
    /** whose key it is: a user's id, or `operator-token` */
    actor: text('actor').notNull(),
    /** SHA-256 of the key, which unseals the answer */
    keyHash: text('key_hash').notNull(),
    /** SHA-256 of method, path and body */
    requestHash: text('request_hash').notNull(),
    /** null: the first call is still under way, or its process died */
    status: integer('status'),
    /** sealed, since an answer may carry a secret that is told only once */
    sealedAnswer: text('sealed_answer'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.actor, table.keyHash] }),
    index('idempotency_key_created').on(table.createdAt),
  ],
);
