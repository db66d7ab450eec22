import { desc, eq, sql } from 'drizzle-orm';
import { events, nodes, streams, users } from '../../db/schema';
import type { StreamState } from '../../stream-node/contract/stream-state';
import { type OperationContext, requireOperator } from '../operation-context';
import { type PersonView, personView } from '../users/person-view';
import { viewersColumn } from './count-viewers';

/** In these very words, not as parameters: a partial index has them as its predicate. */
const isOnAir = sql`${streams.state} in ('connecting', 'live', 'interrupted', 'paused')`;
const streamsMax = 200;

/** A stream on air as operators see it, private ones too; without what plays it. */
export type StreamOnAir = {
  id: string;
  name: string;
  state: StreamState;
  visibility: 'public' | 'private';
  event: { id: string; name: string };
  owner: PersonView;
  /** null: none any more */
  nodeName: string | null;
  viewers: number;
  startedAt: Date | null;
};

/** What is on air now, the most listened to first, at most 200. @throws AppError `unauthorized`, `forbidden` */
export async function listStreamsOnAir(context: OperationContext): Promise<StreamOnAir[]> {
  requireOperator(context);
  const rows = await context.db
    .select({
      stream: streams,
      event: { id: events.id, name: events.name },
      owner: { id: users.id, name: users.name, image: users.image },
      nodeName: nodes.name,
      viewers: viewersColumn,
    })
    .from(streams)
    .innerJoin(events, eq(events.id, streams.eventId))
    .innerJoin(users, eq(users.id, streams.ownerId))
    .leftJoin(nodes, eq(nodes.id, streams.nodeId))
    .where(isOnAir)
    .orderBy(desc(viewersColumn), desc(streams.key))
    .limit(streamsMax);
  return rows.map(({ stream, event, owner, nodeName, viewers }) => ({
    id: stream.id,
    name: stream.name,
    state: stream.state,
    visibility: stream.visibility,
    event,
    owner: personView(owner),
    nodeName,
    viewers,
    startedAt: stream.startedAt,
  }));
}
