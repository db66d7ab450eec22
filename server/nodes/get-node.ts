import { eq } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { AppError } from '../errors';
import { type OperationContext, requireOperator } from '../operation-context';
import type { NodeIdInput } from './node-inputs';
import { loadNodeViews, type NodeView } from './node-view';

/** One stream node, for operators. @throws AppError `unauthorized`, `forbidden`, `not_found` */
export async function getNode(context: OperationContext, input: NodeIdInput): Promise<NodeView> {
  requireOperator(context);
  const [view] = await loadNodeViews(context.db, { where: eq(nodes.id, input.nodeId), limit: 1 });
  if (view === undefined) {
    throw new AppError('not_found', 'There is no such stream server');
  }
  return view;
}
