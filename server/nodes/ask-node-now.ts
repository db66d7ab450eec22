import { eq } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { requestIdHeader } from '../../stream-node/contract/request-id';
import { askNowPath } from '../../stream-node/contract/snapshots';
import type { OperationContext } from '../operation-context';
import { currentRequest } from '../request-scope';

const patienceMs = 1000;

/**
 * Asks a node to post its snapshot now, so that it learns of a change at once. Only a hint: a node that cannot be reached
 * (behind NAT, or busy) learns of it with its next snapshot, within a second.
 */
export async function askNodeNow(
  context: Pick<OperationContext, 'db' | 'env' | 'logger'>,
  nodeId: string | null,
): Promise<void> {
  if (nodeId === null) {
    return;
  }
  const [node] = await context.db.select({ controlUrl: nodes.controlUrl }).from(nodes).where(eq(nodes.id, nodeId));
  if (node === undefined || node.controlUrl === '') {
    return;
  }
  const requestId = currentRequest()?.requestId;
  try {
    const response = await fetch(`${node.controlUrl.replace(/\/+$/, '')}${askNowPath}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${context.env.nodeSecret}`,
        ...(requestId !== undefined && { [requestIdHeader]: requestId }),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.body?.cancel();
    if (!response.ok) {
      context.logger.warn({ nodeId, status: response.status }, 'the node refused to be asked');
    }
  } catch (error) {
    context.logger.info({ nodeId, err: error }, 'the node could not be asked; its next snapshot will do');
  }
}
