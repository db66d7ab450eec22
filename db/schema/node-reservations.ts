import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { nodes } from './nodes';

/**
 * What is held at a node, in hundredths of encoder slots, for streams that it does not count as publishers yet:
 * `counted + placed - placedThen`. It is counted with each snapshot of the node, and what is assigned to it meanwhile is
 * added, so that a choice among a thousand nodes need not count the streams of the last minute. `placed` only rises: a count
 * and an assignment at the same time both hold, whichever comes first.
 */
export const nodeReservations = pgTable('node_reservation', {
  nodeId: text('node_id')
    .primaryKey()
    .references(() => nodes.id, { onDelete: 'cascade' }),
  /** for all streams that were ever assigned to it */
  placed: bigint('placed', { mode: 'number' }).notNull().default(0),
  /** what was held at the last count */
  counted: integer('counted').notNull().default(0),
  /** what `placed` was at that count */
  placedThen: bigint('placed_then', { mode: 'number' }).notNull().default(0),
});
