import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { posters, streams } from '../../db/schema';
import type { PosterWork } from '../../stream-node/contract/jobs';
import { notifyRoom } from '../bus/notify';

/** @param bytes null: the recording has no picture */
export async function keepPoster(
  tx: Queryable,
  nodeId: string,
  { streamId, version }: PosterWork,
  bytes: number | null,
): Promise<void> {
  if (bytes === null) {
    return;
  }
  const values = { nodeId, version, bytes };
  await tx
    .insert(posters)
    .values({ streamId, ...values })
    .onConflictDoUpdate({ target: posters.streamId, set: values });
  const [stream] = await tx.select({ eventId: streams.eventId }).from(streams).where(eq(streams.id, streamId));
  if (stream !== undefined) {
    await notifyRoom(tx, { room: `event:${stream.eventId}`, kind: 'streams' });
  }
}
