import { nodes } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { type OperationContext, requireOperator } from '../operation-context';
import { getNode } from './get-node';
import type { RegisterNodeInput } from './node-inputs';
import type { NodeView } from './node-view';

/**
 * Registers a stream node by hand. It gets no streams before it reports by itself, as the node whose id this is.
 *
 * @throws AppError `unauthorized`, `forbidden`
 */
export async function registerNode(context: OperationContext, input: RegisterNodeInput): Promise<NodeView> {
  requireOperator(context);
  const nodeId = newId('node');
  await context.db.insert(nodes).values({ id: nodeId, ...input });
  return await getNode(context, { nodeId });
}
