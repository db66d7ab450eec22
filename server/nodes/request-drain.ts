import { type OperationContext, requireOperator } from '../operation-context';
import { drainNode } from './drain-node';
import { getNode } from './get-node';
import type { NodeIdInput } from './node-inputs';
import type { NodeView } from './node-view';

/** An operator's call to drain a node; made again it changes nothing. @throws AppError `unauthorized`, `forbidden`, `not_found` */
export async function requestDrain(context: OperationContext, input: NodeIdInput): Promise<NodeView> {
  const operator = requireOperator(context);
  await drainNode(context, { nodeId: input.nodeId, isWanted: true });
  const { id: userId, via } = operator;
  context.logger.warn({ nodeId: input.nodeId, userId, via }, 'an operator asked a node to drain');
  return await getNode(context, input);
}
