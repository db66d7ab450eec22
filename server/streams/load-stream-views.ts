import { createHash } from 'node:crypto';
import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { type Database, withPreparedStatements } from '../../db/client';
import { events, nodes, posters, streams, takes, users } from '../../db/schema';
import { mediaFiles, mediaPath } from '../../stream-node/contract/media-urls';
import { signGrant } from '../../stream-node/contract/signing';
import { isFinal, isOnAir } from '../../stream-node/contract/stream-state';
import type { ServerEnv } from '../env';
import { grantKeys } from '../nodes/grant-keys';
import type { OperationContext } from '../operation-context';
import { personView } from '../users/person-view';
import { viewersColumn } from './count-viewers';
import type { PlaybackUrls, StreamView } from './stream-view';

const posterNodes = alias(nodes, 'poster_node');

type StreamRow = typeof streams.$inferSelect;
type PlayableStream = Pick<StreamRow, 'id' | 'epoch' | 'visibility'>;
export type ViewContext = Pick<OperationContext, 'db' | 'env' | 'actor'>;

/** A play grant lasts longer than any match, since the URL that carries it is not renewed while it plays. */
const playGrantSeconds = 24 * 60 * 60;
/** Within such a stretch a reader is given the same grant: another URL would make a player begin anew. */
const sameGrantSeconds = 12 * 60 * 60;

/** The grant by which `userId` plays a private stream. */
export async function playGrant(
  env: ServerEnv,
  userId: string,
  stream: Pick<StreamRow, 'id' | 'epoch'>,
): Promise<string> {
  const stretch = Math.ceil(Date.now() / 1000 / sameGrantSeconds);
  const rights = {
    userId,
    streamId: stream.id,
    action: 'play' as const,
    epoch: stream.epoch,
    expiresAt: stretch * sameGrantSeconds + playGrantSeconds,
  };
  const grantId = createHash('sha256').update(JSON.stringify(rights)).digest('base64url').slice(0, 22);
  return await signGrant({ ...rights, grantId }, grantKeys(env.secret).privateKey);
}

/** The grant by which the reader plays a stream; `undefined` where none is needed, or the stream is not theirs to play. */
export async function playGrantOf(context: ViewContext, streamId: string): Promise<string | undefined> {
  const [stream] = await context.db
    .select()
    .from(streams)
    .where(and(eq(streams.id, streamId), visibleTo(context)));
  return stream === undefined ? undefined : await grantFor(context, stream);
}

async function grantFor(context: ViewContext, stream: PlayableStream): Promise<string | undefined> {
  return stream.visibility === 'private' && context.actor?.id
    ? await playGrant(context.env, context.actor.id, stream)
    : undefined;
}

const takeEndsAt = sql`(${takes.startedAt} + ${takes.durationSeconds} * interval '1 second')`;
/** What is shown of the takes: what was trimmed away does not count. `greatest` and `least` pass over what is null. */
const recordingSecondsColumn = sql<number>`coalesce((
  select sum(greatest(0, extract(epoch from
    least(${takeEndsAt}, ${streams.trimEndsAt}) - greatest(${takes.startedAt}, ${streams.trimStartsAt})
  ))) from ${takes} where ${takes.streamId} = ${streams.id}
), 0)`.mapWith(Number);
/** All of it, and where it begins on the event clock: what a trim is told in. */
const wholeRecordingColumn = sql<{ startedAtMs: number; seconds: number } | null>`(
  select json_build_object(
    'startedAtMs', extract(epoch from min(${takes.startedAt})) * 1000,
    'seconds', extract(epoch from max(${takeEndsAt}) - min(${takes.startedAt}))
  ) from ${takes} where ${takes.streamId} = ${streams.id} having count(*) > 0
)`;

/** The node that viewers are sent to: the former one, until the one that the stream was moved to has media. */
export const playbackNodeId = sql<string | null>`coalesce(${streams.mediaNodeId}, ${streams.nodeId})`;

/** @param nodeUrl without a trailing slash */
export async function playbackUrls(
  context: ViewContext,
  stream: PlayableStream,
  nodeUrl: string,
): Promise<PlaybackUrls> {
  const grant = await grantFor(context, stream);
  const url = (file: string) => `${nodeUrl}${mediaPath(stream.id, file, grant)}`;
  return {
    hls: url(mediaFiles.live),
    dash: url(mediaFiles.dash),
    audio: url(mediaFiles.audio),
    recording: url(mediaFiles.recording),
    recordingAudio: url(mediaFiles.recordingAudio),
    thin: url(mediaFiles.thin),
    recordingThin: url(mediaFiles.recordingThin),
  };
}

async function posterUrl(
  context: ViewContext,
  stream: StreamRow,
  poster: { version: string | null; nodeUrl: string | null },
): Promise<string | null> {
  if (poster.version === null || poster.nodeUrl === null) {
    return null;
  }
  const path = mediaPath(stream.id, mediaFiles.poster, await grantFor(context, stream));
  return `${poster.nodeUrl}${path}?v=${poster.version}`;
}

function recordingFaultOf({ recordRefused, observed }: StreamRow): string | null {
  return recordRefused ?? observed?.recording?.reason ?? null;
}

function trimOf(stream: StreamRow, whole: { startedAtMs: number } | null): StreamView['trim'] {
  if (whole === null || (stream.trimStartsAt === null && stream.trimEndsAt === null)) {
    return null;
  }
  const seconds = (at: Date | null) => (at === null ? null : (at.getTime() - whole.startedAtMs) / 1000);
  return { startSeconds: seconds(stream.trimStartsAt), endSeconds: seconds(stream.trimEndsAt) };
}

/** Private streams exist for their owner alone. */
function visibleTo(context: ViewContext): SQL | undefined {
  const isPublic = eq(streams.visibility, 'public');
  return context.actor?.id ? or(isPublic, eq(streams.ownerId, context.actor.id)) : isPublic;
}

type StreamQuery = { where: SQL | undefined; orderBy?: SQL; limit?: number };

/** A stream as one reader sees it, with what only programs ask for. */
export type StreamRecord = {
  view: StreamView;
  /** numeric keys */
  key: number;
  ownerKey: number;
  eventKey: number;
  nodeKey: number | null;
  /** of its node, without a trailing slash */
  nodeUrl: string | null;
  /** the node's directory of local sockets, one folder a stream; null: it did not say */
  socketDirectory: string | null;
  /** where it will be playable, and is if the view says so; null: no node has it */
  playback: PlaybackUrls | null;
};

/** The streams that match and that the reader may see, with people, viewers and URLs, in one query. */
export async function loadStreamViews(context: ViewContext, query: StreamQuery): Promise<StreamView[]> {
  return (await loadStreamRecords(context, query)).map((record) => record.view);
}

/** The same with keys, for the HTTP API. */
export async function loadStreamRecords(context: ViewContext, query: StreamQuery): Promise<StreamRecord[]> {
  const rows = await selectStreams(context.db)
    .where(and(query.where, visibleTo(context)))
    .orderBy(query.orderBy ?? sql`${streams.createdAt} asc`, streams.key)
    .limit(query.limit ?? 500);
  return await recordsOf(context, rows);
}

const oneStreamByDatabase = new WeakMap<Database, ReturnType<typeof prepareOneStream>>();

function prepareOneStream(db: Database) {
  const isVisible = or(eq(streams.visibility, 'public'), eq(streams.ownerId, sql.placeholder('readerId')));
  return selectStreams(withPreparedStatements(db))
    .where(and(eq(streams.id, sql.placeholder('streamId')), isVisible))
    .prepare('one_stream');
}

/**
 * One stream by its id, which is how streams are asked for most: the query is written and planned once.
 *
 * @returns `null` when there is none, or none that the reader may see
 */
export async function loadStreamRecord(context: ViewContext, streamId: string): Promise<StreamRecord | null> {
  let query = oneStreamByDatabase.get(context.db);
  if (query === undefined) {
    query = prepareOneStream(context.db);
    oneStreamByDatabase.set(context.db, query);
  }
  // Nobody's id is empty.
  const rows = await query.execute({ streamId, readerId: context.actor?.id ?? '' });
  const [record] = await recordsOf(context, rows);
  return record ?? null;
}

function selectStreams(db: Database) {
  return db
    .select({
      stream: streams,
      owner: { id: users.id, key: users.key, name: users.name, image: users.image },
      eventKey: events.key,
      nodeKey: nodes.key,
      nodeUrl: nodes.publicUrl,
      socketDirectory: sql<string | null>`${nodes.snapshot} ->> 'socketDirectory'`,
      viewers: viewersColumn,
      recordingSeconds: recordingSecondsColumn,
      whole: wholeRecordingColumn,
      poster: { version: posters.version, nodeUrl: posterNodes.publicUrl },
    })
    .from(streams)
    .innerJoin(users, eq(users.id, streams.ownerId))
    .innerJoin(events, eq(events.id, streams.eventId))
    .leftJoin(nodes, eq(nodes.id, playbackNodeId))
    .leftJoin(posters, eq(posters.streamId, streams.id))
    .leftJoin(posterNodes, eq(posterNodes.id, posters.nodeId));
}

type SelectedStream = Awaited<ReturnType<typeof selectStreams>>[number];

async function recordsOf(context: ViewContext, rows: SelectedStream[]): Promise<StreamRecord[]> {
  return await Promise.all(
    rows.map(async ({ stream, owner, eventKey, nodeKey, nodeUrl, socketDirectory, viewers, ...recording }) => {
      const { recordingSeconds, whole, poster } = recording;
      const hasRecording = stream.record && recordingSeconds > 0;
      const isPlayable = stream.startedAt !== null && (hasRecording || !isFinal(stream.state));
      const playback = nodeUrl ? await playbackUrls(context, stream, nodeUrl) : null;
      const view: StreamView = {
        id: stream.id,
        eventId: stream.eventId,
        name: stream.name,
        description: stream.description,
        kind: stream.kind,
        language: stream.language,
        record: stream.record,
        visibility: stream.visibility,
        profile: stream.profile,
        state: stream.state,
        reason: stream.reason,
        createdAt: stream.createdAt,
        startedAt: stream.startedAt,
        endedAt: stream.endedAt,
        owner: personView(owner),
        viewers,
        liveEdgeMs: isOnAir(stream.state) ? (stream.observed?.liveEdgeMs ?? null) : null,
        playback: isPlayable ? playback : null,
        hasRecording,
        recordingSeconds,
        wholeRecordingSeconds: whole?.seconds ?? 0,
        trim: trimOf(stream, whole),
        posterUrl: await posterUrl(context, stream, poster),
        recordingFault: context.actor?.id === stream.ownerId ? recordingFaultOf(stream) : null,
        expiresAt: stream.expiresAt,
      };
      const keys = { key: stream.key, ownerKey: owner.key, eventKey, nodeKey };
      return { view, ...keys, nodeUrl: nodeUrl || null, socketDirectory, playback };
    }),
  );
}
