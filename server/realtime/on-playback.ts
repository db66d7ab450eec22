import { and, eq, or, sql } from 'drizzle-orm';
import { streams, subscriptions } from '../../db/schema';
import { AppError } from '../errors';
import { listen, type RealtimeContext } from './listen';
import { PlaybackDelay, PlaybackStart, PlaybackStop } from './messages';
import { playbacksPerSocketMax } from './open-playbacks';
import type { PageSocket } from './page-socket';

/** A player of ours begins to play a stream: one more viewer, and for someone signed in a subscription, once. */
export function onPlaybackStart(context: RealtimeContext, socket: PageSocket): void {
  listen(context, socket, 'playback:start', PlaybackStart, async ({ streamId, playbackId }, answer) => {
    const userId = socket.data.user?.id ?? null;
    const [stream] = await context.db
      .select({ id: streams.id })
      .from(streams)
      .where(and(eq(streams.id, streamId), or(eq(streams.visibility, 'public'), sql`${streams.ownerId} = ${userId}`)));
    if (stream === undefined) {
      throw new AppError('not_found', 'There is no such stream');
    }
    if (!socket.connected) {
      return;
    }
    if (!context.playbacks.start(playbackId, streamId, socket.id)) {
      const rule = `at most ${playbacksPerSocketMax} at a time`;
      throw new AppError('bad_request', `playbackId: ${rule}`, { field: 'playbackId' });
    }
    if (userId !== null) {
      await context.db.insert(subscriptions).values({ userId, streamId }).onConflictDoNothing();
    }
    answer({});
  });
}

export function onPlaybackStop(context: RealtimeContext, socket: PageSocket): void {
  listen(context, socket, 'playback:stop', PlaybackStop, ({ playbackId }, answer) => {
    context.playbacks.stop(playbackId);
    answer({});
  });
}

export function onPlaybackDelay(context: RealtimeContext, socket: PageSocket): void {
  listen(context, socket, 'playback:delay', PlaybackDelay, ({ playbackId, delayMs }, answer) => {
    context.playbacks.tellDelay(playbackId, socket.id, delayMs);
    answer({});
  });
}
