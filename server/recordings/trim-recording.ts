import { eq, max, min, sql } from 'drizzle-orm';
import { streams, takes } from '../../db/schema';
import { isFinal } from '../../stream-node/contract/stream-state';
import { notifyRoom } from '../bus/notify';
import { AppError } from '../errors';
import { askNodeNow } from '../nodes/ask-node-now';
import { type OperationContext, requireUser } from '../operation-context';
import { getStreamView, lockOwnStream } from '../streams/get-stream';
import type { StreamView } from '../streams/stream-view';
import type { TrimRecordingInput } from './recording-inputs';
import { trimmedSecondsLeast } from './trim-limits';

/**
 * Shows only a stretch of one's own recording, from here on in playlists and in the files that are made anew. Nothing is thrown
 * away, so it can be undone. Seconds count on the event clock from the recording's beginning; the node moves them to the nearest
 * boundaries of segments, a second away at most.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict` while it is not over, `bad_request` where nothing would be
 * left
 */
export async function trimRecording(context: OperationContext, input: TrimRecordingInput): Promise<StreamView> {
  const user = requireUser(context);
  const nodeIds = await context.db.transaction(async (tx) => {
    const row = await lockOwnStream(tx, user, input.streamId);
    if (!isFinal(row.state)) {
      throw new AppError('conflict', 'End the stream before you trim its recording');
    }
    const end = sql<Date>`${takes.startedAt} + ${takes.durationSeconds} * interval '1 second'`.mapWith(takes.startedAt);
    const [span] = await tx
      .select({ startsAt: min(takes.startedAt), endsAt: max(end) })
      .from(takes)
      .where(eq(takes.streamId, row.id));
    if (!span?.startsAt || !span.endsAt) {
      throw new AppError('conflict', 'There is no recording of this stream');
    }
    const beginsMs = span.startsAt.getTime();
    const lengthSeconds = (new Date(span.endsAt).getTime() - beginsMs) / 1000;
    const { startSeconds, endSeconds } = input;
    if (Math.min(endSeconds ?? lengthSeconds, lengthSeconds) - (startSeconds ?? 0) < trimmedSecondsLeast) {
      const rule = `at least ${trimmedSecondsLeast} seconds of the recording must be left`;
      throw new AppError('bad_request', `startSeconds: ${rule}`, { field: 'startSeconds' });
    }
    const at = (seconds: number | null) => (seconds === null ? null : new Date(beginsMs + seconds * 1000));
    await tx
      .update(streams)
      .set({ trimStartsAt: at(startSeconds), trimEndsAt: at(endSeconds), trimmedAt: sql`now()` })
      .where(eq(streams.id, row.id));
    await notifyRoom(tx, { room: `event:${row.eventId}`, kind: 'streams' });
    const held = await tx.selectDistinct({ nodeId: takes.nodeId }).from(takes).where(eq(takes.streamId, row.id));
    return held.map(({ nodeId }) => nodeId);
  });
  await Promise.all(nodeIds.map(async (nodeId) => await askNodeNow(context, nodeId)));
  return await getStreamView(context, input.streamId);
}
