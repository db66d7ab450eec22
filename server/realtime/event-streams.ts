import { and, eq, gt, inArray, or, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streams } from '../../db/schema';
import { loadStreamViews, type ViewContext } from '../streams/load-stream-views';
import type { StreamView } from '../streams/stream-view';

const shown = (eventId: string) =>
  and(
    eq(streams.eventId, eventId),
    or(
      inArray(streams.state, ['connecting', 'live', 'interrupted', 'paused']),
      and(inArray(streams.state, ['ended', 'failed']), gt(streams.endedAt, sql`now() - interval '10 minutes'`)),
    ),
  );

/** On air (or about to be), and those that ended in the last ten minutes, oldest first. */
export async function eventStreams(context: ViewContext, eventId: string): Promise<StreamView[]> {
  return await loadStreamViews(context, { where: shown(eventId) });
}

/** Who has private streams among them. */
export async function privateStreamOwners(db: Queryable, eventId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ ownerId: streams.ownerId })
    .from(streams)
    .where(and(shown(eventId), eq(streams.visibility, 'private')));
  return rows.map((row) => row.ownerId);
}

/** Equal for two lists that a page need not be told apart: figures that move all the time, and new grants, are left out. */
export function streamsFingerprint(views: StreamView[]): string {
  return JSON.stringify(
    views.map(({ viewers: _viewers, liveEdgeMs: _edge, recordingSeconds: _seconds, playback, ...steady }) => ({
      ...steady,
      // The grant in a private stream's URLs is new now and then; its node is news.
      playback: steady.visibility === 'private' && playback !== null ? new URL(playback.hls).origin : playback,
    })),
  );
}
