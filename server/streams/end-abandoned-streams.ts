import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { notifyRoom } from '../bus/notify';

/** Beyond the grace window, so that the node, which owns the window, ends the stream first where it can. */
const extraSeconds = 30;

/**
 * Ends streams that nobody else will end: their node is gone or has forgotten them, and the grace window is long over.
 *
 * @param reachableSince since when nodes could reach us. While the web or the database was away nobody could report, and
 * their media flowed on; such a silence ends nothing
 * @returns how many were ended
 */
export async function endAbandonedStreams(db: Database, reachableSince: Date): Promise<number> {
  return await db.transaction(async (tx) => {
    const waited = (since: ReturnType<typeof sql>) => sql`
      greatest(${since}, ${reachableSince.toISOString()}::timestamptz)
        < now() - make_interval(secs => stream.grace_seconds + ${extraSeconds})`;
    const ended = await tx.execute<{ event_id: string }>(sql`
      update stream set
        -- A live job is kept for its owner to resume.
        state = case when stream.spec is null then 'ended' else 'parked' end,
        ended_at = case when stream.spec is null then now() end,
        state_changed_at = now(),
        reason = 'The connection to its stream node was lost'
      from node
      where node.id = stream.node_id
        and (
          (stream.state in ('connecting', 'live', 'interrupted', 'paused') and ${waited(sql`node.last_seen_at`)})
          or (stream.state = 'interrupted' and ${waited(sql`stream.state_changed_at`)})
        )
      returning stream.event_id
    `);
    for (const eventId of new Set(ended.map((row) => row.event_id))) {
      await notifyRoom(tx, { room: `event:${eventId}`, kind: 'streams' });
    }
    return ended.length;
  });
}
