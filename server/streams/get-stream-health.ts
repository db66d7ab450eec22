import { eq } from 'drizzle-orm';
import { streamKeys, streams } from '../../db/schema';
import { type OperationContext, requireOwner, requireUser } from '../operation-context';
import { getStreamView } from './get-stream';
import type { StreamIdInput } from './stream-inputs';
import type { StreamView } from './stream-view';

/** How one's own stream arrives, for a booth whose encoder is another program. */
export type StreamHealth = {
  stream: StreamView;
  /** kilobits of media in the last seconds, per second; null while nothing is known */
  ingressKbps: number | null;
  /** how far the newest media is behind the least delayed, in milliseconds; grows when encoder or line cannot keep up */
  encoderLagMs: number | null;
  /** why the stream is not recorded though it should be, in words for the broadcaster */
  recordingReason: string | null;
  /** when an encoder was last let in with the stream's key */
  keyLastUsedAt: Date | null;
};

/** @throws AppError `unauthorized`, `forbidden`, `not_found` */
export async function getStreamHealth(context: OperationContext, input: StreamIdInput): Promise<StreamHealth> {
  requireUser(context);
  const stream = await getStreamView(context, input.streamId);
  requireOwner(context, stream.owner.id, 'stream');
  const [row] = await context.db
    .select({ observed: streams.observed, keyLastUsedAt: streamKeys.lastUsedAt })
    .from(streams)
    .leftJoin(streamKeys, eq(streamKeys.streamId, streams.id))
    .where(eq(streams.id, input.streamId));
  return {
    stream,
    ingressKbps: row?.observed?.ingressKbps ?? null,
    encoderLagMs: row?.observed?.encoderLagMs ?? null,
    recordingReason: stream.recordingFault,
    keyLastUsedAt: row?.keyLastUsedAt ?? null,
  };
}
