import { index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { nodes } from './nodes';
import { streams } from './streams';

/**
 * Each time a stream left a node for another one. The node that it left may hold takes and journals of it, also ones that
 * nobody has heard of because it is away.
 */
export const streamMoves = pgTable(
  'stream_move',
  {
    streamId: text('stream_id')
      .notNull()
      .references(() => streams.id, { onDelete: 'cascade' }),
    /** the assignment that ended */
    epoch: integer('epoch').notNull(),
    /** the node that it left */
    nodeId: text('node_id')
      .notNull()
      .references(() => nodes.id, { onDelete: 'cascade' }),
    movedAt: timestamp('moved_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.streamId, table.epoch] }),
    index('stream_move_node').on(table.nodeId, table.movedAt),
  ],
);
