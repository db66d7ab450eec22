import {
  bigint,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { JobWork } from '../../stream-node/contract/jobs';
import { nodes } from './nodes';
import { streams } from './streams';

/**
 * Work for nodes beside the live streams. A row is `waiting`, then `leased` to one node until `lease_until`; a lease that ran
 * out is waiting again. `lease_epoch` rises with each lease and every word about the job names it.
 */
export const jobs = pgTable(
  'job',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    /** the same work is never asked for twice */
    dedupeKey: text('dedupe_key'),
    /** the job that this one is a piece of */
    parentId: text('parent_id'),
    streamId: text('stream_id').references(() => streams.id, { onDelete: 'cascade' }),
    /** the node that has what the job needs; null: any may do it */
    nodeId: text('node_id').references(() => nodes.id, { onDelete: 'cascade' }),
    input: jsonb('input').$type<JobWork>().notNull(),
    state: text('state', { enum: ['waiting', 'leased', 'done', 'failed'] })
      .notNull()
      .default('waiting'),
    /** higher ones are taken first */
    priority: integer('priority').notNull().default(0),
    /** from 0 to 1 */
    progress: doublePrecision('progress').notNull().default(0),
    /** not before this: a failed attempt is followed by a pause */
    readyAt: timestamp('ready_at', { withTimezone: true }).notNull().defaultNow(),
    leaseUntil: timestamp('lease_until', { withTimezone: true }),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    leasedBy: text('leased_by'),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    doneAt: timestamp('done_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('job_dedupe_key_unique').on(table.dedupeKey),
    index('job_state_ready').on(table.state, table.readyAt),
    index('job_stream_kind').on(table.streamId, table.kind),
  ],
);

/** A file that people download of a recording. One rendition of one node's takes is one file. */
export const downloads = pgTable(
  'download',
  {
    streamId: text('stream_id')
      .notNull()
      .references(() => streams.id, { onDelete: 'cascade' }),
    nodeId: text('node_id')
      .notNull()
      .references(() => nodes.id, { onDelete: 'cascade' }),
    renditionId: text('rendition_id').notNull(),
    kind: text('kind', { enum: ['video', 'audio'] }).notNull(),
    /** below the rendition's folder of the stream's media path at the node */
    file: text('file').notNull(),
    /** of the recording it was made of: its takes and its trim */
    version: text('version').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    durationSeconds: doublePrecision('duration_seconds').notNull(),
    width: integer('width'),
    height: integer('height'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [uniqueIndex('download_stream_node_rendition').on(table.streamId, table.nodeId, table.renditionId)],
);

/** The still that stands for a recording, at the node that has it. */
export const posters = pgTable('poster', {
  streamId: text('stream_id')
    .primaryKey()
    .references(() => streams.id, { onDelete: 'cascade' }),
  nodeId: text('node_id')
    .notNull()
    .references(() => nodes.id, { onDelete: 'cascade' }),
  version: text('version').notNull(),
  bytes: integer('bytes').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});
