import { sql } from 'drizzle-orm';
import { presence, streams } from '../../db/schema';

/** A presence row older than this is left over from a dead web process. */
export const presenceFreshSeconds = 10;

/**
 * How many watch a stream now: our own players by fresh presence rows, foreign players as the node counted them. A column
 * for queries over `stream`.
 */
export const viewersColumn = sql<number>`(
  coalesce((
    select sum(${presence.viewers}) from ${presence}
    where ${presence.streamId} = ${streams.id}
      and ${presence.updatedAt} > now() - make_interval(secs => ${presenceFreshSeconds})
  ), 0)
  + case when ${streams.state} in ('live', 'interrupted', 'paused')
      then coalesce((${streams.observed} ->> 'foreignViewers')::int, 0) else 0 end
)`.mapWith(Number);
