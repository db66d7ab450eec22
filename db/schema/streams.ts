import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  serial,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { ObservedStream } from '../../stream-node/contract/snapshots';
import { events } from './events';
import type { JobTotals, LiveJobSpec } from './live-job-spec';
import { nodes } from './nodes';
import { users } from './users';

/** An event's media channel: one voice or picture by one broadcaster. */
export const streams = pgTable(
  'stream',
  {
    id: text('id').primaryKey(),
    key: serial('key').notNull(),
    eventId: text('event_id')
      .notNull()
      .references(() => events.id, { onDelete: 'cascade' }),
    ownerId: text('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    nodeId: text('node_id').references(() => nodes.id),
    /** raised at each assignment to a node */
    epoch: integer('epoch').notNull().default(1),
    /** when it was assigned to its node */
    assignedAt: timestamp('assigned_at', { withTimezone: true }).notNull().defaultNow(),
    /** the former node, where viewers stay until the assigned one has media; null: they are at the assigned one */
    mediaNodeId: text('media_node_id').references(() => nodes.id),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    kind: text('kind', { enum: ['audio', 'video'] }).notNull(),
    /** BCP 47 */
    language: text('language').notNull().default('en'),
    record: boolean('record').notNull().default(true),
    visibility: text('visibility', { enum: ['public', 'private'] })
      .notNull()
      .default('public'),
    profile: text('profile', { enum: ['balanced', 'lowest-latency'] })
      .notNull()
      .default('balanced'),
    state: text('state', {
      enum: ['created', 'connecting', 'live', 'interrupted', 'paused', 'parked', 'ended', 'failed'],
    })
      .notNull()
      .default('created'),
    /** why it failed or ended, in words for the broadcaster */
    reason: text('reason'),
    graceSeconds: integer('grace_seconds').notNull().default(120),
    dvrWindowSeconds: integer('dvr_window_seconds').notNull().default(600),
    /** what the stream's node last said of it */
    observed: jsonb('observed').$type<ObservedStream>(),
    /** of a live job, as its maker gave it; null: no live job */
    spec: jsonb('spec').$type<LiveJobSpec>(),
    /** what its encoder is expected to take, in hundredths of an encoder slot: `contract/encoder-demand.ts` */
    encoderPercent: integer('encoder_percent').notNull().default(100),
    /** what a live job did at nodes that it has left since, or before they were started afresh */
    earlierTotals: jsonb('earlier_totals').$type<JobTotals>(),
    /** why it is not recorded though its broadcaster wished it, in words for them */
    recordRefused: text('record_refused'),
    /** of the recording only this stretch of the event clock is shown; null: from its beginning, to its end */
    trimStartsAt: timestamp('trim_starts_at', { withTimezone: true, precision: 3 }),
    trimEndsAt: timestamp('trim_ends_at', { withTimezone: true, precision: 3 }),
    trimmedAt: timestamp('trimmed_at', { withTimezone: true }),
    /** when its recording is deleted; null: not by itself */
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    startedAt: timestamp('started_at', { withTimezone: true }),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    /** when `state` last changed: how long a publisher has been waited for */
    stateChangedAt: timestamp('state_changed_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('stream_key_unique').on(table.key),
    index('stream_event_state').on(table.eventId, table.state),
    index('stream_owner').on(table.ownerId, table.createdAt),
    // What someone has on air now, however many streams they have made.
    index('stream_owner_on_air')
      .on(table.ownerId)
      .where(sql`${table.state} in ('connecting', 'live', 'interrupted', 'paused')`),
    // What operators see on air, among all that ever were.
    index('stream_on_air').on(table.key).where(sql`${table.state} in ('connecting', 'live', 'interrupted', 'paused')`),
    // Someone's published streams, by which they are counted and listed newest first.
    index('stream_owner_published').on(table.ownerId, table.key).where(sql`${table.startedAt} is not null`),
    // Live jobs, of someone and of all, newest first; they are few among the streams.
    index('stream_live_job_owner').on(table.ownerId, table.key).where(sql`${table.spec} is not null`),
    index('stream_live_job').on(table.key).where(sql`${table.spec} is not null`),
    index('stream_node_state').on(table.nodeId, table.state),
    index('stream_trimmed_at').on(table.trimmedAt),
    index('stream_expires_at').on(table.expiresAt),
    // Each snapshot of a node counts what was assigned to it in the last minute and is not on air yet.
    index('stream_reserved')
      .on(table.nodeId, table.assignedAt)
      .where(sql`${table.state} in ('created', 'interrupted')`),
  ],
);

/**
 * The secret by which an encoder may send to a stream, as its SHA-256 alone. A stream has one at most: a new one takes the
 * place of the old, and a revoked one is gone, so that it cannot be told from one that never was.
 */
export const streamKeys = pgTable(
  'stream_key',
  {
    streamId: text('stream_id')
      .primaryKey()
      .references(() => streams.id, { onDelete: 'cascade' }),
    /** lower-case hexadecimal */
    keyHash: text('key_hash').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** when an encoder was last let in with it */
    lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
  },
  (table) => [uniqueIndex('stream_key_hash_unique').on(table.keyHash)],
);

/** One recorded run of a stream on one node. A recording is the list of a stream's takes in event-clock order. */
export const takes = pgTable(
  'take',
  {
    id: text('id').primaryKey(),
    streamId: text('stream_id')
      .notNull()
      .references(() => streams.id, { onDelete: 'cascade' }),
    nodeId: text('node_id')
      .notNull()
      .references(() => nodes.id),
    epoch: integer('epoch').notNull(),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
    durationSeconds: doublePrecision('duration_seconds').notNull().default(0),
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    closed: boolean('closed').notNull().default(false),
  },
  (table) => [index('take_stream').on(table.streamId, table.startedAt)],
);

/**
 * What is left of a deleted stream until its nodes have deleted its media too. A node is told to delete only by such a row,
 * never by the absence of one: a web process with an empty database must not wipe recordings.
 */
export const streamTombstones = pgTable(
  'stream_tombstone',
  {
    streamId: text('stream_id').notNull(),
    nodeId: text('node_id')
      .notNull()
      .references(() => nodes.id, { onDelete: 'cascade' }),
    epoch: integer('epoch').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [uniqueIndex('stream_tombstone_node_stream').on(table.nodeId, table.streamId)],
);

/** Open players of ours, by the web process whose sockets they hold; rows of a dead process go stale by `updated_at`. */
export const presence = pgTable(
  'presence',
  {
    webProcessId: text('web_process_id').notNull(),
    streamId: text('stream_id')
      .notNull()
      .references(() => streams.id, { onDelete: 'cascade' }),
    viewers: integer('viewers').notNull(),
    /** how far behind the event clock those are that follow the live edge: all of them, or a fair sample */
    delaysMs: integer('delays_ms').array().notNull().default([]),
    /** how many they are */
    delayPlayers: integer('delay_players').notNull().default(0),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('presence_process_stream').on(table.webProcessId, table.streamId),
    index('presence_stream').on(table.streamId),
  ],
);

/** Who joined which stream while signed in, once each: what `subscribed` of a user counts. */
export const subscriptions = pgTable(
  'subscription',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    streamId: text('stream_id')
      .notNull()
      .references(() => streams.id, { onDelete: 'cascade' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [uniqueIndex('subscription_user_stream').on(table.userId, table.streamId)],
);
