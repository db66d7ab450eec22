import { lt } from 'drizzle-orm';
import { nodes } from '../../db/schema';
import { type OperationContext, requireOperator } from '../operation-context';
import type { PageRequest } from '../page-request';
import { loadNodeViews, type NodeView } from './node-view';

/** The stream nodes, newest first, for operators. @throws AppError `unauthorized`, `forbidden` */
export async function listNodes(context: OperationContext, request: PageRequest): Promise<NodeView[]> {
  requireOperator(context);
  const where = request.beforeKey === null ? undefined : lt(nodes.key, request.beforeKey);
  return await loadNodeViews(context.db, { where, limit: request.limit });
}
