import { bigint, integer, pgTable, primaryKey, serial, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

/**
 * People. The column names `name`, `email`, `emailVerified` and `image` are those the next-auth adapter asks for; `id` is
 * the public id.
 */
export const users = pgTable(
  'user',
  {
    id: text('id').primaryKey(),
    /** the numeric key that the HTTP contract shows as `creator_id` */
    key: serial('key').notNull(),
    name: text('name'),
    /** may be missing: Facebook gives it only when the person has and shares one */
    email: text('email'),
    emailVerified: timestamp('email_verified', { withTimezone: true }),
    image: text('image'),
    description: text('description').notNull().default(''),
    /** BCP 47 */
    language: text('language').notNull().default('en'),
    role: text('role', { enum: ['member', 'operator'] })
      .notNull()
      .default('member'),
    /** stands for the person in the audit log, which outlives the account */
    auditAlias: uuid('audit_alias').notNull().defaultRandom(),
    /** how long their recordings are kept; null: as the settings say, 0: for ever */
    recordingDaysMax: integer('recording_days_max'),
    /** how much their recordings may take; null: as the settings say, 0: any */
    recordingBytesMax: bigint('recording_bytes_max', { mode: 'number' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('user_key_unique').on(table.key),
    uniqueIndex('user_email_unique').on(table.email),
    uniqueIndex('user_audit_alias_unique').on(table.auditAlias),
  ],
);

export const accounts = pgTable(
  'account',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    provider: text('provider').notNull(),
    providerAccountId: text('provider_account_id').notNull(),
    refresh_token: text('refresh_token'),
    access_token: text('access_token'),
    expires_at: integer('expires_at'),
    token_type: text('token_type'),
    scope: text('scope'),
    id_token: text('id_token'),
    session_state: text('session_state'),
  },
  (table) => [primaryKey({ columns: [table.provider, table.providerAccountId] })],
);

/** Sessions live in the database: they survive restarts and can be signed out. */
export const sessions = pgTable('session', {
  sessionToken: text('session_token').primaryKey(),
  userId: text('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  expires: timestamp('expires', { withTimezone: true }).notNull(),
});

export const verificationTokens = pgTable(
  'verification_token',
  {
    identifier: text('identifier').notNull(),
    token: text('token').notNull(),
    expires: timestamp('expires', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.identifier, table.token] })],
);
