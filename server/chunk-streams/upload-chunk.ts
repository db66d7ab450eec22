import type { IncomingMessage } from 'node:http';
import { PieceAnswer, pieceFormBytesMax } from '../../stream-node/contract/piece-uploads';
import { AppError } from '../errors';
import type { OperationContext } from '../operation-context';
import type { StreamIdInput } from '../streams/stream-inputs';
import { callNode } from './call-node';
import { pieceAccess } from './piece-access';

/**
 * Takes in one piece of one's own stream: the form goes through to the stream's node, which keeps it and has the say.
 *
 * @returns the node's status and answer
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `conflict` once the stream is over, `payload_too_large`,
 * `bad_request`, `no_node_available`
 */
export async function uploadChunk(
  context: OperationContext,
  input: StreamIdInput,
  incoming: IncomingMessage,
): Promise<{ status: number; answer: PieceAnswer }> {
  const access = await pieceAccess(context, input);
  if (access === null) {
    throw new AppError('conflict', 'This stream is over; start a new one');
  }
  if (Number(incoming.headers['content-length'] ?? 0) > pieceFormBytesMax) {
    throw new AppError('payload_too_large', 'video_chunk: must be at most 64 MiB');
  }
  const { status, body } = await callNode(access, { streamId: input.streamId, call: 'upload' }, incoming);
  return { status, answer: readPieceAnswer(body) };
}

function readPieceAnswer(body: string): PieceAnswer {
  try {
    return PieceAnswer.parse(JSON.parse(body));
  } catch (cause) {
    throw new AppError('no_node_available', "The stream's node answered in words we do not know", { cause });
  }
}
