import { eq } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { isFinal } from '../../stream-node/contract/stream-state';
import { AppError } from '../errors';
import { type OperationContext, requireUser } from '../operation-context';
import { lockOwnStream } from '../streams/get-stream';
import { publishAccess } from '../streams/publish-access';
import type { StreamIdInput } from '../streams/stream-inputs';

/** How the web reaches the node of a stream for its owner. */
export type PieceAccess = {
  /** of the node, without a trailing slash */
  controlUrl: string;
  /** secret: the right to send to the stream */
  grant: string;
};

/**
 * Whether the caller may send pieces to a stream, and where to. `null`: the stream is over.
 *
 * @throws AppError `unauthorized`, `forbidden`, `not_found`, `no_node_available`
 */
export async function pieceAccess(context: OperationContext, input: StreamIdInput): Promise<PieceAccess | null> {
  const user = requireUser(context);
  const stream = await context.db.transaction(async (tx) => await lockOwnStream(tx, user, input.streamId));
  if (isFinal(stream.state)) {
    return null;
  }
  const [node] = stream.nodeId === null ? [] : await context.db.select().from(nodes).where(eq(nodes.id, stream.nodeId));
  if (node === undefined || node.controlUrl === '') {
    throw new AppError('no_node_available', 'The stream has no node at the moment; try again in a minute');
  }
  const { grant } = await publishAccess({
    ...{ secret: context.env.secret, userId: user.id, stream, nodeUrl: node.publicUrl },
  });
  return { controlUrl: node.controlUrl.replace(/\/+$/, ''), grant };
}
