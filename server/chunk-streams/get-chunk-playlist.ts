import { eq } from 'drizzle-orm';
import { nodes, streams } from '../../db/schema';
import { mediaFiles, mediaPath } from '../../stream-node/contract/media-urls';
import { isFinal } from '../../stream-node/contract/stream-state';
import { AppError } from '../errors';
import type { OperationContext } from '../operation-context';
import { playGrant } from '../streams/load-stream-views';
import type { StreamIdInput } from '../streams/stream-inputs';

export type ChunkPlaylist = { text: string; isPublic: boolean };

const patienceMs = 10_000;
/** Before the first piece; players ask again. */
const nothingYet = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:0\n';

/**
 * The playlist of a stream whose broadcaster uploads files, as its node has it: `live` as the pieces come, `video` all of
 * them. A private stream's is for its owner, and its URLs carry a play grant.
 *
 * @throws AppError `not_found`, `no_node_available`
 */
export async function getChunkPlaylist(
  context: OperationContext,
  input: StreamIdInput & { playlist: 'live' | 'video' },
): Promise<ChunkPlaylist> {
  const [row] = await context.db
    .select({ stream: streams, publicUrl: nodes.publicUrl, controlUrl: nodes.controlUrl })
    .from(streams)
    .leftJoin(nodes, eq(nodes.id, streams.nodeId))
    .where(eq(streams.id, input.streamId));
  const isPublic = row?.stream.visibility === 'public';
  if (row === undefined || !(isPublic || row.stream.ownerId === context.actor?.id)) {
    throw new AppError('not_found', 'There is no such stream');
  }
  const { stream } = row;
  const grant = isPublic ? undefined : await playGrant(context.env, stream.ownerId, stream);
  const file = input.playlist === 'live' ? mediaFiles.pieces : mediaFiles.piecesVideo;
  const text = await fetchPlaylist(`${nodeUrlOf(row)}${mediaPath(stream.id, file, grant)}`, context);
  if (text === null && (isFinal(stream.state) || input.playlist === 'video')) {
    throw new AppError('not_found', 'No chunk was uploaded to this stream');
  }
  return { text: text ?? nothingYet, isPublic };
}

/** Inside, where that is not a plain-text address of a node that speaks TLS: it would send us to its public one. */
function nodeUrlOf({ publicUrl, controlUrl }: { publicUrl: string | null; controlUrl: string | null }): string {
  if (publicUrl === null || controlUrl === null) {
    throw new AppError('no_node_available', 'The stream has no node at the moment; try again in a minute');
  }
  const isInside = new URL(publicUrl).protocol === new URL(controlUrl).protocol;
  return (isInside ? controlUrl : publicUrl).replace(/\/+$/, '');
}

/** Null where the node has nothing of the stream. */
async function fetchPlaylist(url: string, { logger }: OperationContext): Promise<string | null> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
    text = await response.text();
  } catch (error) {
    logger.info({ err: error }, 'the node of a chunk stream could not be asked');
    throw new AppError('no_node_available', "The stream's node cannot be reached at the moment; try again");
  }
  if (response.ok) {
    return text;
  }
  if (response.status === 404 || response.status === 421) {
    return null;
  }
  logger.warn({ status: response.status }, 'the node of a chunk stream refused its playlist');
  throw new AppError('no_node_available', "The stream's node cannot answer at the moment; try again");
}
