import { boolean, integer, jsonb, pgTable, serial, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';

/** Stream nodes, as their last snapshot showed them. */
export const nodes = pgTable(
  'node',
  {
    id: text('id').primaryKey(),
    key: serial('key').notNull(),
    /** the id it was given when an operator registered it by hand, before it reported by itself; it answers to that too */
    registeredAs: text('registered_as').unique(),
    bootId: text('boot_id').notNull().default(''),
    name: text('name').notNull(),
    hostName: text('host_name').notNull().default(''),
    internalAddress: text('internal_address').notNull().default(''),
    externalAddress: text('external_address').notNull().default(''),
    publicUrl: text('public_url').notNull().default(''),
    /** where encoders reach it; null: it takes none */
    rtmpUrl: text('rtmp_url'),
    controlUrl: text('control_url').notNull().default(''),
    encoderSlots: integer('encoder_slots').notNull().default(0),
    viewerCapacity: integer('viewer_capacity').notNull().default(0),
    publishers: integer('publishers').notNull().default(0),
    /** what its encoders take, in hundredths of a slot: `contract/encoder-demand.ts` */
    encoderPercent: integer('encoder_percent').notNull().default(0),
    viewers: integer('viewers').notNull().default(0),
    /** an operator wants it empty; stays until they take it back */
    drainRequested: boolean('drain_requested').notNull().default(false),
    /** gets no new streams: by that request, or because the node itself is about to stop */
    draining: boolean('draining').notNull().default(false),
    /** the last snapshot; alive while younger than the suspicion limit */
    lastSeenAt: timestamp('last_seen_at', { withTimezone: true }),
    snapshot: jsonb('snapshot'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [uniqueIndex('node_key_unique').on(table.key)],
);
