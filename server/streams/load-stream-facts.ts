import { and, eq, or, sql } from 'drizzle-orm';
import { type Database, withPreparedStatements } from '../../db/client';
import { events, nodes, streams, users } from '../../db/schema';
import { AppError } from '../errors';
import { viewersColumn } from './count-viewers';
import { playbackNodeId, playbackUrls, type StreamRecord, type ViewContext } from './load-stream-views';
import type { StreamView } from './stream-view';

/** What programs are told of a stream: without its recording, its poster, and whatever else only pages show. */
export type StreamFacts = Omit<StreamRecord, 'view'> & {
  view: Pick<
    StreamView,
    | 'id'
    | 'name'
    | 'description'
    | 'createdAt'
    | 'startedAt'
    | 'endedAt'
    | 'state'
    | 'reason'
    | 'viewers'
    | 'kind'
    | 'language'
    | 'record'
    | 'visibility'
  >;
};

const preparedByDatabase = new WeakMap<Database, ReturnType<typeof prepare>>();

function prepare(db: Database) {
  const isVisible = or(eq(streams.visibility, 'public'), eq(streams.ownerId, sql.placeholder('readerId')));
  return withPreparedStatements(db)
    .select({
      view: {
        id: streams.id,
        name: streams.name,
        description: streams.description,
        createdAt: streams.createdAt,
        startedAt: streams.startedAt,
        endedAt: streams.endedAt,
        state: streams.state,
        reason: streams.reason,
        viewers: viewersColumn,
        kind: streams.kind,
        language: streams.language,
        record: streams.record,
        visibility: streams.visibility,
      },
      epoch: streams.epoch,
      key: streams.key,
      ownerKey: users.key,
      eventKey: events.key,
      nodeKey: nodes.key,
      nodeUrl: nodes.publicUrl,
      socketDirectory: sql<string | null>`${nodes.snapshot} ->> 'socketDirectory'`,
    })
    .from(streams)
    .innerJoin(users, eq(users.id, streams.ownerId))
    .innerJoin(events, eq(events.id, streams.eventId))
    .leftJoin(nodes, eq(nodes.id, playbackNodeId))
    .where(and(eq(streams.id, sql.placeholder('streamId')), isVisible))
    .prepare('stream_facts');
}

/**
 * One stream as the HTTP API tells it, for anyone who may see it: what programs ask for most, so the query is written and
 * planned once.
 *
 * @throws AppError `not_found`
 */
export async function getStreamFacts(context: ViewContext, input: { streamId: string }): Promise<StreamFacts> {
  let query = preparedByDatabase.get(context.db);
  if (query === undefined) {
    query = prepare(context.db);
    preparedByDatabase.set(context.db, query);
  }
  // Nobody's id is empty.
  const [row] = await query.execute({ streamId: input.streamId, readerId: context.actor?.id ?? '' });
  if (row === undefined) {
    throw new AppError('not_found', 'There is no such stream');
  }
  const { epoch, nodeUrl, ...facts } = row;
  const stream = { id: facts.view.id, visibility: facts.view.visibility, epoch };
  return {
    ...facts,
    nodeUrl: nodeUrl || null,
    playback: nodeUrl ? await playbackUrls(context, stream, nodeUrl) : null,
  };
}
