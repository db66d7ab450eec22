import type { Database } from '../../db/client';
import { isOnAir } from '../../stream-node/contract/stream-state';
import type { ServerEnv } from '../env';
import type { EventView } from '../events/event-view';
import { getEvent } from '../events/get-event';
import { getStream } from '../streams/get-stream';
import { listStreamsForEvent } from '../streams/list-streams';
import type { StreamView } from '../streams/stream-view';

/** Shared things are read as nobody in particular: a private stream has no preview. */
export type ShareDeps = { db: Database; env: ServerEnv };

/** @throws AppError `not_found` */
export async function findSharedStream(
  deps: ShareDeps,
  streamId: string,
): Promise<{ stream: StreamView; event: EventView }> {
  return await getStream({ ...deps, actor: null }, { streamId });
}

/** @throws AppError `not_found` */
export async function findSharedEvent(
  deps: ShareDeps,
  eventId: string,
): Promise<{ event: EventView; onAir: StreamView[] }> {
  const context = { ...deps, actor: null };
  const event = await getEvent(context, { eventId });
  const active = await listStreamsForEvent(context, { eventId });
  return { event, onAir: active.filter((stream) => isOnAir(stream.state)) };
}
