import { nodes } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { auditActorOf, writeAuditEntry } from '../audit/write-audit-entry';
import { type OperationContext, requireOperator } from '../operation-context';
import { getNode } from './get-node';
import type { RegisterNodeInput } from './node-inputs';
import type { NodeView } from './node-view';

/**
 * Registers a stream node by hand. It gets no streams before a node of its host name reports by itself, and takes this row.
 *
 * @throws AppError `unauthorized`, `forbidden`
 */
export async function registerNode(context: OperationContext, input: RegisterNodeInput): Promise<NodeView> {
  const operator = requireOperator(context);
  const nodeId = newId('node');
  await context.db.transaction(async (tx) => {
    await tx.insert(nodes).values({ id: nodeId, ...input });
    await writeAuditEntry(tx, auditActorOf(operator), {
      action: 'node.register',
      subjectKind: 'node',
      subject: nodeId,
    });
  });
  return await getNode(context, { nodeId });
}
