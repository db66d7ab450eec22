import { bigint, index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** What operators did, and deletions of accounts. */
export const auditActions = [
  'stream.kill',
  'node.register',
  'node.drain',
  'node.undrain',
  'node.remove',
  'user.create',
  'user.role',
  'user.delete',
] as const;

/**
 * The audit log: one entry for each act, written in the act's own transaction. A trigger refuses to change or delete an
 * entry, so people stand in it by their `audit_alias` alone: once an account is deleted, nothing leads from the alias to
 * the person.
 */
export const auditEntries = pgTable(
  'audit_entry',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: timestamp('at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
    /** `audit_alias` of who acted; null: no person, `via` says what */
    actorAlias: uuid('actor_alias'),
    /** how the act came in: `session`, `token`, `operator-token`, `facebook` */
    via: text('via').notNull(),
    action: text('action', { enum: auditActions }).notNull(),
    subjectKind: text('subject_kind', { enum: ['stream', 'node', 'user'] }).notNull(),
    /** public id of a stream or node, `audit_alias` of a person */
    subject: text('subject').notNull(),
    /** what else must be known: a reason, a role; never a secret, never a person's id */
    detail: jsonb('detail').$type<Record<string, string>>().notNull().default({}),
  },
  (table) => [index('audit_entry_subject').on(table.subjectKind, table.subject)],
);
