import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { nodes } from '../../db/schema';
import { AppError } from '../errors';
import type { OperationContext } from '../operation-context';
import { askNodeNow } from './ask-node-now';

type DrainWish = { nodeId: string; isWanted: boolean };

/** Notes that a node is to drain, or not any more; it hears of it when it is asked next. @throws AppError `not_found` */
export async function noteDrain(tx: Queryable, { nodeId, isWanted }: DrainWish): Promise<void> {
  const [found] = await tx
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
}

/**
 * Asks a node to take no new streams; those it has may finish, and after its drain time their publishers are asked to go to
 * another node. `isWanted: false` takes that back. Asked again, nothing changes. Who may ask is the caller's to decide: it
 * is an operator's call.
 *
 * @throws AppError `not_found`
 */
export async function drainNode(
  context: Pick<OperationContext, 'db' | 'env' | 'logger'>,
  input: DrainWish,
): Promise<void> {
  await noteDrain(context.db, input);
  await askNodeNow(context, input.nodeId);
}
