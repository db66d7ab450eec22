import { bigint, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { nodes } from './nodes';
import { streams } from './streams';

/**
 * What the journals of a stream take on a node's disk: media that is not in a take yet, or whose rest is still awaited. It counts
 * in its owner's quota.
 */
export const keptJournals = pgTable(
  'kept_journal',
  {
    nodeId: text('node_id')
      .notNull()
      .references(() => nodes.id, { onDelete: 'cascade' }),
    streamId: text('stream_id')
      .notNull()
      .references(() => streams.id, { onDelete: 'cascade' }),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.streamId, table.nodeId] })],
);
