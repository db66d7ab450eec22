import { createHash } from 'node:crypto';
import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import { events, nodes, streams, takes, users } from '../../db/schema';
import { mediaFiles, mediaPath } from '../../stream-node/contract/media-urls';
import { signGrant } from '../../stream-node/contract/signing';
import { isFinal, isOnAir } from '../../stream-node/contract/stream-state';
import type { ServerEnv } from '../env';
import { grantKeys } from '../nodes/grant-keys';
import type { OperationContext } from '../operation-context';
import { personView } from '../users/person-view';
import { viewersColumn } from './count-viewers';
import type { PlaybackUrls, StreamView } from './stream-view';

type StreamRow = typeof streams.$inferSelect;
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

const recordingSecondsColumn = sql<number>`coalesce((
  select sum(${takes.durationSeconds}) from ${takes} where ${takes.streamId} = ${streams.id}
), 0)`.mapWith(Number);

/** The node that viewers are sent to: the former one, until the one that the stream was moved to has media. */
export const playbackNodeId = sql<string | null>`coalesce(${streams.mediaNodeId}, ${streams.nodeId})`;

async function playbackUrls(context: ViewContext, stream: StreamRow, nodeUrl: string): Promise<PlaybackUrls> {
  const grant =
    stream.visibility === 'private' && context.actor?.id
      ? await playGrant(context.env, context.actor.id, stream)
      : undefined;
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
  const rows = await context.db
    .select({
      stream: streams,
      owner: { id: users.id, key: users.key, name: users.name, image: users.image },
      eventKey: events.key,
      nodeKey: nodes.key,
      nodeUrl: nodes.publicUrl,
      socketDirectory: sql<string | null>`${nodes.snapshot} ->> 'socketDirectory'`,
      viewers: viewersColumn,
      recordingSeconds: recordingSecondsColumn,
    })
    .from(streams)
    .innerJoin(users, eq(users.id, streams.ownerId))
    .innerJoin(events, eq(events.id, streams.eventId))
    .leftJoin(nodes, eq(nodes.id, playbackNodeId))
    .where(and(query.where, visibleTo(context)))
    .orderBy(query.orderBy ?? sql`${streams.createdAt} asc`, streams.key)
    .limit(query.limit ?? 500);
  return await Promise.all(
    rows.map(async ({ stream, owner, eventKey, nodeKey, nodeUrl, socketDirectory, viewers, recordingSeconds }) => {
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
      };
      const keys = { key: stream.key, ownerKey: owner.key, eventKey, nodeKey };
      return { view, ...keys, nodeUrl: nodeUrl || null, socketDirectory, playback };
    }),
  );
}
