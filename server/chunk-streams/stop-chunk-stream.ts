import { PieceAnswer, PieceStopAnswer } from '../../stream-node/contract/piece-uploads';
import { AppError, isAppError } from '../errors';
import type { OperationContext } from '../operation-context';
import { endStream } from '../streams/end-stream';
import type { StreamIdInput } from '../streams/stream-inputs';
import { callNode } from './call-node';
import { getChunkPlaylist } from './get-chunk-playlist';
import { pieceAccess } from './piece-access';

/**
 * Ends one's own stream once every piece that came is in its video. Stopping it again changes nothing.
 *
 * @returns whether there is a video: there is none where no piece came
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `no_node_available`
 */
export async function stopChunkStream(context: OperationContext, input: StreamIdInput): Promise<{ hasVideo: boolean }> {
  const access = await pieceAccess(context, input);
  if (access === null) {
    return { hasVideo: await hasPieces(context, input) };
  }
  const { status, body } = await callNode(access, { streamId: input.streamId, call: 'stop' });
  const answer = readAnswer(body);
  if (status !== 200 || !('pieceCount' in answer)) {
    throw new AppError('no_node_available', `The stream's node could not finish it: ${answer.message}`);
  }
  await endStream(context, input);
  return { hasVideo: answer.pieceCount > 0 };
}

async function hasPieces(context: OperationContext, input: StreamIdInput): Promise<boolean> {
  try {
    await getChunkPlaylist(context, { ...input, playlist: 'video' });
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') {
      return false;
    }
    throw error;
  }
}

function readAnswer(body: string): PieceStopAnswer | PieceAnswer {
  try {
    const answer: unknown = JSON.parse(body);
    const stopped = PieceStopAnswer.safeParse(answer);
    return stopped.success ? stopped.data : PieceAnswer.parse(answer);
  } catch (cause) {
    throw new AppError('no_node_available', "The stream's node answered in words we do not know", { cause });
  }
}
