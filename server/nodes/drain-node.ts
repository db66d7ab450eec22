import { eq, sql } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { AppError } from '../errors';
import type { OperationContext } from '../operation-context';
import { askNodeNow } from './ask-node-now';

/**
 * Asks a node to take no new streams; those it has may finish, and after its drain time their publishers are asked to go to
 * another node. `isWanted: false` takes that back. Asked again, nothing changes. Who may ask is the caller's to decide: it
 * is an operator's call.
 *
 * @throws AppError `not_found`
 */
export async function drainNode(
  context: Pick<OperationContext, 'db' | 'env' | 'logger'>,
  input: { nodeId: string; isWanted: boolean },
): Promise<void> {
  const { nodeId, isWanted } = input;
  const [found] = await context.db
    .update(nodes)
    .set({
      drainRequested: isWanted,
      // At once: no stream may be placed there before the node's next snapshot.
      draining: isWanted ? true : sql`coalesce((${nodes.snapshot} ->> 'draining')::boolean, false)`,
    })
    .where(eq(nodes.id, nodeId))
    .returning({ id: nodes.id });
  if (found === undefined) {
    throw new AppError('not_found', 'There is no such stream node');
  }
  await askNodeNow(context, nodeId);
}
